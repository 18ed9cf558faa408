import {
  buildReport,
  dicomWebArchive,
  findStoredReport,
  findStoredVersion,
  type ReportInput,
  storeReport,
} from '@deep-aspects/aspects/report';
import { syntheticReport } from '@deep-aspects/aspects/testing';
import { hasOrthanc, startOrthanc } from '../e2e/lib/orthanc.mjs';

/** Instances of a study by modality, as QIDO-RS lists them. */
async function instancesByModality(root: string, study: string): Promise<Record<string, number>> {
  const response = await fetch(`${root}/studies/${study}/instances?includefield=00080060`);
  const found =
    response.status === 204 ? [] : ((await response.json()) as Record<string, { Value: string[] }>[]);
  const count: Record<string, number> = {};
  for (const instance of found) {
    const modality = instance['00080060'].Value[0];
    count[modality] = (count[modality] ?? 0) + 1;
  }
  return count;
}

(hasOrthanc() || process.env.CI ? describe : describe.skip)('Orthanc', () => {
  let orthanc: Awaited<ReturnType<typeof startOrthanc>>;
  const options = () => ({
    stowRoot: orthanc.dicomWeb,
    qidoRoot: orthanc.dicomWeb,
    wadoRoot: orthanc.dicomWeb,
    fetch,
  });
  const store = (report: ReturnType<typeof buildReport>) => storeReport(report, dicomWebArchive(options()));

  beforeAll(async () => {
    orthanc = await startOrthanc();
  }, 120_000);

  afterAll(async () => {
    await orthanc?.stop();
  }, 60_000);

  test('holds one SEG and one SR however often they are stored, and a referenced version after a change', async () => {
    const input = syntheticReport();
    const study = input.series.studyInstanceUID;
    expect(await findStoredReport(input.series, options())).toBeUndefined();

    expect(await store(buildReport(input))).toEqual({ status: 'complete', seg: 'stored', sr: 'stored' });
    const first = await findStoredReport(input.series, options());
    expect(first).toMatchObject({ result: input.result, fidelity: 'complete' });
    expect(await findStoredVersion(input.series, options())).toEqual(first!.version);
    expect(Buffer.concat(first!.regions).equals(Buffer.concat(input.regions))).toBe(true);

    const later: ReportInput = {
      ...input,
      result: { ...input.result, createdAt: '2026-03-05T00:00:00.000Z' },
    };
    const again = buildReport(later, first!.version);
    expect(again.unchanged).toBe(true);
    expect(await store(again)).toMatchObject({ seg: 'already-stored', sr: 'already-stored' });
    expect(await instancesByModality(orthanc.dicomWeb, study)).toEqual({ SEG: 1, SR: 1 });

    const infarct = input.infarct.map(plane => plane.slice());
    infarct[4].fill(1, 0, 40);
    const changed: ReportInput = {
      ...later,
      infarct,
      edited: { infarct: true },
      reader: { name: 'Reader^A' },
    };
    expect(await store(buildReport(changed, first!.version))).toMatchObject({ status: 'complete' });
    const second = await findStoredReport(input.series, options());
    expect(second).toMatchObject({ reader: { name: 'Reader^A' }, edited: { infarct: true } });
    expect(second!.version.predecessorSopInstanceUID).toBe(first!.version.sopInstanceUID);
    expect(Buffer.concat(second!.infarct).equals(Buffer.concat(infarct))).toBe(true);
    expect(await instancesByModality(orthanc.dicomWeb, study)).toEqual({ SEG: 2, SR: 2 });
  }, 300_000);
});
