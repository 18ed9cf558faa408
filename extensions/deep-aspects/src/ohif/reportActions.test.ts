import dcmjs, { type DcmjsDict } from 'dcmjs';
import { buildReport, type DicomReport, parsePart10, reportHeaderOf } from '@deep-aspects/aspects/report';
import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import { syntheticReport } from '@deep-aspects/aspects/testing';
import type { DraftWithImages } from '../session/reportPort';
import type { OhifManagers } from './host/managers';
import { createReportActions } from './reportActions';

// The picture is drawn by a browser's canvas.
jest.mock('./encodeSummaryPng', () => ({
  summaryPage: () => ({ width: 1, height: 1, rgb: new Uint8Array(3) }),
}));

// Reports are built and parsed again; a busy machine takes its time.
jest.setTimeout(240_000);

const input = syntheticReport();
const blank = new Int16Array(input.series.rows * input.series.columns);
const series = {
  ...input.series,
  slices: input.series.slices.map(slice => ({ ...slice, hu: blank })),
} as unknown as HeadCtSeries;
const scoreOf = (points: number) => ({ ...input.result, score: input.result.score - points });

/**
 * An archive by DICOMweb, as far as storing and finding reports asks it, and a host whose data source it is.
 */
function hostWithArchive() {
  const held = new Map<string, ArrayBuffer>();
  const dicts: DcmjsDict[] = [];
  const keep = (part10: ArrayBuffer): void => {
    const { dict } = dcmjs.data.DicomMessage.readFile(part10);
    dicts.push(dict);
    held.set(String(dict['00080018'].Value?.[0]), part10);
  };
  const reply = (url: string): unknown => {
    const metadataOf = /\/series\/([\d.]+)\/metadata$/.exec(url)?.[1];
    const asked = new URL(url).searchParams;
    return dicts.filter(dict =>
      metadataOf
        ? dict['0020000E'].Value?.[0] === metadataOf
        : asked.has('Modality')
          ? dict['00080060'].Value?.[0] === asked.get('Modality')
          : dict['00080018'].Value?.[0] === asked.get('SOPInstanceUID')
    );
  };
  globalThis.fetch = jest.fn(async (address: RequestInfo | URL) => {
    const url = String(address);
    const instance = /\/instances\/([\d.]+)$/.exec(url)?.[1];
    return instance
      ? new Response(held.get(instance), { headers: { 'Content-Type': 'application/dicom' } })
      : Response.json(reply(url));
  });
  const source = {
    getConfig: () => ({ qidoRoot: 'http://pacs/qido', wadoRoot: 'http://pacs/wado' }),
    store: { dicom: async (part10: ArrayBuffer) => keep(part10) },
  };
  const attributes = [
    { SOPInstanceUID: '1.9.9', PatientName: { Alphabetic: 'SOMEBODY^ELSE' } },
    { SOPInstanceUID: series.slices[0].sopInstanceUID, PatientName: { Alphabetic: 'RIGHT^ONE' } },
  ];
  const managers = {
    servicesManager: {
      services: {
        displaySetService: {
          getDisplaySetByUID: () => ({ imageIds: [0, 1] }),
          getActiveDisplaySets: () => [],
        },
      },
    },
    extensionManager: {
      getActiveDataSource: () => [source],
      getModuleEntry: () => ({
        exports: {
          getCornerstoneLibraries: () => ({
            cornerstone: { metaData: { get: (_: string, id: number) => attributes[id] } },
          }),
        },
      }),
    },
  } as unknown as OhifManagers;
  const reports = () =>
    [...held.values()].flatMap(part10 => reportHeaderOf(parsePart10(part10).dataset) ?? []);
  const options = { storeTimeoutMs: () => undefined, assetsUrl: () => 'https://site.example/plugins/' };
  return { keep, held, dicts, reports, actions: createReportActions(managers, options) };
}

const draft = (result = input.result): DraftWithImages => ({
  series,
  regions: input.regions,
  infarct: input.infarct,
  draft: {
    target: {
      displaySetInstanceUID: 'd',
      studyInstanceUID: series.studyInstanceUID,
      seriesInstanceUID: series.seriesInstanceUID,
    },
    result,
    overrides: [],
    infarctEdited: false,
    haemorrhageDismissed: false,
    unsaved: true,
  } as unknown as DraftWithImages['draft'],
});
const byColleague = (points: number, before?: DicomReport): DicomReport =>
  buildReport({ ...input, result: scoreOf(points) }, before && { ...before.sr });

describe('two readers at once', () => {
  it.each([
    ['stored by a colleague and never opened here', false],
    ['stored after the one that was opened here', true],
  ])('the later one is told of a report %s, and may store after it', async (_, isOpened) => {
    const { keep, held, reports, actions } = hostWithArchive();
    const theirs = byColleague(1);
    keep(theirs.seg.part10);
    keep(theirs.sr.part10);
    let latest = theirs;
    if (isOpened) {
      expect((await actions.findStored(series))?.result.score).toBe(input.result.score - 1);
      latest = byColleague(2, theirs);
      keep(latest.sr.part10);
    }
    const before = held.size;
    const told = await actions.store(draft(), () => undefined);
    expect(told).toMatchObject({ complete: false, message: expect.stringContaining('have not seen') });
    expect(held.size).toBe(before);
    expect(await actions.store(draft(), () => undefined)).toMatchObject({ complete: true });
    expect(reports().map(({ version }) => version.predecessorSopInstanceUID)).toContain(
      latest.sr.sopInstanceUID
    );
  });

  it('nobody is told of what they have opened or stored themselves', async () => {
    const { keep, actions } = hostWithArchive();
    const theirs = byColleague(1);
    keep(theirs.seg.part10);
    keep(theirs.sr.part10);
    await actions.findStored(series);
    expect(await actions.store(draft(), () => undefined)).toMatchObject({ complete: true });
    expect(await actions.store(draft(scoreOf(3)), () => undefined)).toMatchObject({ complete: true });
  });
});

it('patient and study are those of a slice that was scored', async () => {
  const { dicts, actions } = hostWithArchive();
  await actions.store(draft(), () => undefined);
  const names = dicts.map(dict => dict['00100010'].Value);
  expect(names).toHaveLength(3);
  names.forEach(name => expect(JSON.stringify(name)).toContain('RIGHT^ONE'));
});
