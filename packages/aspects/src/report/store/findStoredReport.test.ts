import dcmjs from 'dcmjs';
import { syntheticReport } from '../../../testing/syntheticReport';
import { buildReport } from '../dicom/buildReport';
import { parsePart10 } from '../dicom/read/parsePart10';
import { reportHeaderOf } from '../dicom/read/reportHeader';
import type { DicomReport } from '../types';
import { findStoredReport, findStoredVersion } from './findStoredReport';
import { storeFailureOf } from './storeFailure';

const input = syntheticReport();
const first = buildReport(input);
const before = reportHeaderOf(parsePart10(first.sr.part10).dataset)?.version;
const second = buildReport({ ...input, result: { ...input.result, score: input.result.score - 1 } }, before);

const PREDECESSORS = '0040A360';
type Json = Record<string, { vr: string; Value?: unknown[] }>;
const metadataOf = ({ sr }: DicomReport): Json =>
  dcmjs.data.DicomMessage.readFile(sr.part10).dict as unknown as Json;

/** The metadata of a report that names another one as its predecessor. */
function after(report: DicomReport, predecessor: DicomReport): Json {
  const named = structuredClone(metadataOf(second)[PREDECESSORS]);
  const [study] = named.Value as Record<string, { Value: Record<string, { Value: unknown[] }>[] }>[];
  const documents = study['00081115'].Value[0]['00081199'].Value as Record<string, { Value: unknown[] }>[];
  documents[0]['00081155'].Value = [predecessor.sr.sopInstanceUID];
  return { ...metadataOf(report), [PREDECESSORS]: named };
}

/** An archive that answers the question for series, and then that for metadata. */
function archive(series: string, metadata = '[]') {
  const answer = (url: RequestInfo | URL) =>
    Promise.resolve(new Response(String(url).endsWith('/metadata') ? metadata : series, { status: 200 }));
  return { qidoRoot: 'http://a', wadoRoot: 'http://a', fetch: answer as typeof fetch };
}

const listing = (uid: unknown): string =>
  JSON.stringify([{ '0020000E': { vr: 'UI', Value: [uid] }, '00080060': { vr: 'CS', Value: ['SR'] } }]);
const OURS = listing('1.2.3');
const ours = metadataOf(first);
const garbled = (tag: string, value: unknown): string => JSON.stringify([{ ...ours, [tag]: value }]);

const GARBAGE: readonly (readonly [string, string] | readonly [string, string, string])[] = [
  ['a login page', '<html>log in</html>'],
  ['nothing', ''],
  ['null', 'null'],
  ['an error', '{"error":"busy"}'],
  ['a list of nothing', '[null]'],
  ['a list of lists', '[[]]'],
  ['a series without UID', '[{}]'],
  ['a path for a UID', listing('../../admin')],
  ['an object for a UID', listing({ Alphabetic: 'x' })],
  ['metadata of a page', OURS, '<html>'],
  ['metadata that are a text', OURS, '"busy"'],
  ['metadata of null', OURS, '[null]'],
  ['a text for a list of values', OURS, garbled('00080016', { vr: 'UI', Value: '1.2' })],
  ['a number for an attribute', OURS, garbled('0020000D', 5)],
  ['a sequence of null', OURS, garbled('0040A375', { vr: 'SQ', Value: [null] })],
  ['a sequence of texts', OURS, garbled('0040A360', { vr: 'SQ', Value: ['x'] })],
  [
    'a sequence in a sequence that is an object',
    OURS,
    garbled('0040A375', { vr: 'SQ', Value: [{ '00081115': { vr: 'SQ', Value: {} } }] }),
  ],
];

describe('an archive that answers the question for reports with', () => {
  test.each(GARBAGE)('%s is told so, as a failure that has words', async (_, series, metadata = '[]') => {
    for (const find of [findStoredReport, findStoredVersion]) {
      const error: unknown = await find(input.series, archive(series, metadata)).then(
        () => undefined,
        (reason: unknown) => reason
      );
      expect(error).toMatchObject({ name: 'ArchiveAnswerError' });
      expect(storeFailureOf(error)).toMatchObject({ code: 'UNREADABLE_ANSWER' });
    }
  });

  test('reports of others, and attributes without values, is understood', async () => {
    const foreign = {
      '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.88.33'] },
      '00080070': { vr: 'LO' },
    };
    const metadata = JSON.stringify([foreign, ours]);
    expect(await findStoredVersion(input.series, archive(OURS, metadata))).toEqual(before);
    expect(await findStoredVersion(input.series, archive('[]'))).toBeUndefined();
  });
});

describe('stored reports that are each the predecessor of another', () => {
  const third = buildReport({ ...input, result: { ...input.result, score: 2 } });
  test.each([
    ['one of itself', [after(first, first)]],
    ['two of each other', [after(first, second), after(second, first)]],
    ['three in a circle', [after(first, second), after(second, third), after(third, first)]],
  ])('%s, are told, not counted as none', async (_, metadata) => {
    for (const find of [findStoredReport, findStoredVersion]) {
      const error: unknown = await find(input.series, archive(OURS, JSON.stringify(metadata))).then(
        () => undefined,
        (reason: unknown) => reason
      );
      expect(error).toMatchObject({ name: 'StoredReportError', code: 'CIRCULAR' });
      expect(storeFailureOf(error)).toMatchObject({ code: 'CIRCULAR_VERSIONS' });
    }
  });

  test('do not hide a later report', async () => {
    const metadata = JSON.stringify([after(first, second), after(second, first), metadataOf(third)]);
    expect(await findStoredVersion(input.series, archive(OURS, metadata))).toMatchObject({
      sopInstanceUID: third.sr.sopInstanceUID,
    });
  });
});
