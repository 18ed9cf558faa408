import dcmjs from 'dcmjs';
import { buildReport, type DicomReport, type ReportInput } from '@deep-aspects/aspects/report';
import { syntheticReport } from '@deep-aspects/aspects/testing';
import { storeResult } from './storeOutcome';

const input = syntheticReport();
const { rows, columns } = input.series;
const SERIES = {
  ...input.series,
  normal: [0, 0, 1] as const,
  sliceExtentsMm: input.series.slices.map(() => 5),
  slices: input.series.slices.map(slice => ({ ...slice, hu: new Int16Array(rows * columns).fill(30) })),
  warnings: [],
};
const READER = { name: 'Reader^A', organisation: 'Clinic', verifiedAt: '2026-03-04T07:08:09.000Z' };
const PREDECESSOR = ['0040A360', '00081115', '00081199', '00081155'];

type Dict = Record<string, { Value?: unknown[] }>;
const dictOf = (part10: ArrayBuffer) => dcmjs.data.DicomMessage.readFile(part10).dict as unknown as Dict;
const valueAt = (dict: Dict, path: readonly string[]): unknown =>
  path.reduce<unknown>((item, tag) => (item as Dict | undefined)?.[tag]?.Value?.[0], dict);

const ofUid = (part10: ArrayBuffer) => String(valueAt(dictOf(part10), ['00080018']));

/** An archive that holds one report, of which the SEG is what it gives. */
function archiveWith({ sr }: DicomReport, seg: ArrayBuffer) {
  const stored = new Map<string, ArrayBuffer>();
  const asPart = (file: ArrayBuffer) =>
    new Response(
      Buffer.concat([
        Buffer.from('--b\r\nContent-Type: application/dicom\r\n\r\n'),
        Buffer.from(file),
        Buffer.from('\r\n--b--'),
      ]),
      {
        headers: { 'Content-Type': 'multipart/related; boundary=b' },
      }
    );
  const fetch = async (target: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = String(target);
    if (init?.method === 'POST') {
      const body = Buffer.from(await new Response(init.body).arrayBuffer());
      const start = body.indexOf('\r\n\r\n') + 4;
      const file = new Uint8Array(body.subarray(start, body.lastIndexOf('\r\n--'))).buffer;
      stored.set(ofUid(file), file);
      const named = { Value: [{ '00081155': { Value: [ofUid(file)] } }] };
      return Response.json({ '00081199': named });
    }
    const asked = new URL(url).searchParams.get('SOPInstanceUID');
    if (asked !== null) {
      return Response.json(stored.has(asked) ? [{ '00080018': { Value: [asked] } }] : []);
    }
    if (url.endsWith('?Modality=SR')) {
      return Response.json([{ '0020000E': { vr: 'UI', Value: [sr.seriesInstanceUID] } }]);
    }
    if (url.endsWith('/metadata')) {
      return Response.json([dictOf(sr.part10)]);
    }
    return asPart(url.endsWith(sr.sopInstanceUID) ? sr.part10 : seg);
  };
  return { stored, connection: { url: 'http://archive', headers: () => ({}), fetch, close: async () => {} } };
}

/** Stores what the networks say where the archive holds a report, of which the SEG may be damaged. */
async function storeAfterReport(changes: Partial<ReportInput>, change = (seg: ArrayBuffer) => seg) {
  const report = buildReport({ ...input, ...changes });
  const { stored, connection } = archiveWith(report, change(report.seg.part10));
  const study = {
    kind: 'archive' as const,
    archive: connection.url,
    studyInstanceUID: SERIES.studyInstanceUID,
    contents: [],
    outcome: '2.25.1',
  };
  const { result, regions, infarct } = syntheticReport();
  const other = {
    ...result,
    score: result.score - 1,
    models: result.models.map(model => ({ ...model, sha256: 'f'.repeat(64) })),
  };
  const done = storeResult({ connection, study, metadata: new Map() }, SERIES, {
    result: other,
    regions,
    infarct,
  });
  return { report, stored, done };
}

const cut = (seg: ArrayBuffer) => seg.slice(0, 1000);

describe('a report in the archive that cannot be read', () => {
  test('is named by the report that is stored then as the one before it', async () => {
    const { report, stored, done } = await storeAfterReport({}, cut);
    await done;
    const srs = [...stored.values()].map(dictOf).filter(dict => valueAt(dict, ['00080060']) === 'SR');
    expect(srs.map(dict => valueAt(dict, PREDECESSOR))).toEqual([report.sr.sopInstanceUID]);
    expect(stored.has('2.25.1')).toBe(true);
  });

  test('stays where a reader has signed it: nothing is stored', async () => {
    const { stored, done } = await storeAfterReport({ reader: READER }, cut);
    await expect(done).rejects.toThrow(/a reader has signed cannot be read/);
    expect(stored.size).toBe(0);
  });
});

test('a report in which a reader has excluded a haemorrhage stays, and nothing else is changed in it', async () => {
  const unread = (side: 'left' | 'right') => ({
    ...input.result.hemispheres[side],
    regions: input.result.hemispheres[side].regions.map(region => ({ ...region, source: 'model' as const })),
  });
  const haemorrhage = { volumeMl: 9, hyperdenseMl: 9, suspected: false, keySlice: null };
  const result = { ...input.result, hemispheres: { left: unread('left'), right: unread('right') } };
  const excluded = { ...haemorrhage, excludedByReader: true } as const;
  const { stored, done } = await storeAfterReport({ result: { ...result, haemorrhage: excluded } });
  expect(await done).toMatchObject({ changedByReader: true, result: { score: input.result.score } });
  expect([...stored.keys()]).toEqual(['2.25.1']);
  // Without a reader's word it is the program's to replace.
  const replaced = await storeAfterReport({ result: { ...result, haemorrhage } });
  expect(await replaced.done).toMatchObject({ result: { score: input.result.score - 1 } });
});

test('a report that a reader has signed stays, and the picture is of it', async () => {
  const { report, stored, done } = await storeAfterReport({ reader: READER });
  expect(await done).toMatchObject({ changedByReader: true, result: { score: input.result.score } });
  expect([...stored.keys()]).toEqual(['2.25.1']);
  expect(report.sr.sopInstanceUID).not.toBe('2.25.1');
});
