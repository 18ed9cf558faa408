import dcmjs, { type DcmjsDict } from 'dcmjs';
import {
  emptyMasks,
  SHAPES,
  syntheticReport,
  syntheticResult,
  syntheticSeries,
  TILTED_OTHER_WAY,
  TILTED_UNEVEN,
} from '../../../testing/syntheticReport';
import type { AspectsResult } from '../../scoring/aspects/aspectsResult';
import type { DicomReport, ReportInput } from '../types';
import { buildReport } from './buildReport';
import { codedHemispheres } from './codedResult';
import { parsePart10 } from './read/parsePart10';
import { readReport } from './read/readReport';
import { latestReport, reportHeaderOf } from './read/reportHeader';

const dictOf = (part10: ArrayBuffer): DcmjsDict => dcmjs.data.DicomMessage.readFile(part10).dict;
const headerOf = (report: DicomReport) => reportHeaderOf(parsePart10(report.sr.part10).dataset);
const readBack = (report: DicomReport, input: ReportInput) =>
  readReport(report.seg.part10, report.sr.part10, input.series);

describe('a stored report', () => {
  test.each(SHAPES)('of a $name series reopens voxel for voxel and value for value', shape => {
    const input = syntheticReport(shape, { edited: { infarct: true } });
    const stored = readBack(buildReport(input), input);
    expect(stored.regions).toEqual(input.regions);
    expect(stored.infarct).toEqual(input.infarct);
    expect(stored.result).toEqual(input.result);
    expect(stored).toMatchObject({
      fidelity: 'complete',
      missedSlices: 0,
      verified: false,
      edited: { regions: false, infarct: true },
    });
    expect(stored.reader).toBeUndefined();
  });

  test('of a series that grew afterwards says so, and how many slices it has not seen', () => {
    const whole = syntheticReport();
    const cut = <T>(planes: readonly T[]) => planes.slice(0, -2);
    const series = { ...whole.series, slices: cut(whole.series.slices) };
    const [regions, infarct] = [cut(whole.regions), cut(whole.infarct)];
    const half = { ...whole, series, regions, infarct };
    const report = buildReport(half);
    expect(readBack(report, half)).toMatchObject({
      missedSlices: 0,
      result: { warnings: half.result.warnings },
    });
    const { result, missedSlices, infarct: reopened } = readBack(report, whole);
    expect(missedSlices).toBe(2);
    expect(result.warnings[0]).toMatchObject({ code: 'MISSING_SLICES' });
    expect(result.warnings[0].message).toContain(`2 of the ${whole.series.slices.length} slices`);
    expect(result.warnings.slice(1)).toEqual(half.result.warnings);
    expect(reopened.slice(0, -2)).toEqual(infarct);
  });

  describe('of a slice that came again under another UID, which the series now has instead', () => {
    const input = syntheticReport();
    const report = buildReport(input);
    const named = input.regions.findIndex(plane => plane.some(Boolean));
    const withSlice = (change: Partial<ReportInput['series']['slices'][number]>) => ({
      ...input.series,
      slices: input.series.slices.map((slice, i) =>
        i === named ? { ...slice, sopInstanceUID: '1.2.3.4', ...change } : slice
      ),
    });
    const read = (series: ReportInput['series']) => readReport(report.seg.part10, report.sr.part10, series);

    test('lies where it lay, and the slice counts as not seen', () => {
      const stored = read(withSlice({}));
      expect(stored).toMatchObject({ regions: input.regions, infarct: input.infarct, missedSlices: 1 });
      expect(stored.result.warnings[0]).toMatchObject({ code: 'MISSING_SLICES' });
    });

    test.each<readonly [string, ReportInput['series']]>([
      ['lies elsewhere', withSlice({ position: [0, 0, 500] })],
      [
        'is gone without another in its place',
        { ...input.series, slices: input.series.slices.filter((_, i) => i !== named) },
      ],
    ])('is refused where it %s', (_name, series) => {
      expect(() => read(series)).toThrow(expect.objectContaining({ code: 'OTHER_SERIES' }));
    });
  });

  test('keeps the reader, the organisation and the time of verification', () => {
    const reader = { name: 'Ärztin^Eva', organisation: 'Klinik', verifiedAt: '2026-03-04T07:08:09.123Z' };
    const input = syntheticReport(TILTED_UNEVEN, { reader });
    const stored = readBack(buildReport(input), input);
    expect(stored.reader).toEqual(reader);
    expect(stored.verified).toBe(true);
  });

  test('of an empty infarct mask reopens with an empty mask', () => {
    const whole = syntheticReport();
    const infarct = emptyMasks(whole.series).infarct;
    const input = {
      ...whole,
      infarct,
      result: syntheticResult(whole.series, { regions: whole.regions, infarct }),
    };
    const stored = readBack(buildReport(input), input);
    expect(stored.infarct).toEqual(infarct);
    expect(stored.regions).toEqual(input.regions);
  });

  test('of two empty masks still is a valid object with one empty frame', () => {
    const series = syntheticSeries(TILTED_UNEVEN);
    const masks = emptyMasks(series);
    const input = syntheticReport(TILTED_UNEVEN, { ...masks, result: syntheticResult(series, masks) });
    const report = buildReport(input);
    expect(dictOf(report.seg.part10)['00280008'].Value?.map(Number)).toEqual([1]);
    expect(readBack(report, input).regions).toEqual(masks.regions);
  });

  test('survives quotes, backslashes and non-ASCII in the result', () => {
    const whole = syntheticReport();
    const runtime = { ...whole.result.runtime, adapter: 'GPU "X\\Y" für Köpfe; rev 2' };
    const input = { ...whole, result: { ...whole.result, runtime } };
    expect(readBack(buildReport(input), input).result.runtime).toEqual(runtime);
  });

  test('given back in Implicit VR reopens all the same', () => {
    const input = syntheticReport();
    const report = buildReport(input);
    const implicit = (part10: ArrayBuffer) => {
      const file = dcmjs.data.DicomMessage.readFile(part10);
      file.meta['00020010'].Value = ['1.2.840.10008.1.2'];
      return file.write({ fragmentMultiframe: false });
    };
    const stored = readReport(implicit(report.seg.part10), implicit(report.sr.part10), input.series);
    expect(stored.result).toEqual(input.result);
    expect(stored.regions).toEqual(input.regions);
  });

  test('is recognised in the JSON metadata that a DICOMweb host keeps', () => {
    const report = buildReport(syntheticReport());
    const host = dcmjs.data.DicomMetaDictionary.naturalizeDataset(dictOf(report.sr.part10));
    expect(reportHeaderOf(host)).toEqual(headerOf(report));
    expect(
      reportHeaderOf(dcmjs.data.DicomMetaDictionary.naturalizeDataset(dictOf(report.seg.part10)))
    ).toBeUndefined();
  });

  test.each(SHAPES)(
    'of a $name series whose private block was stripped reopens from the coded content, and stores nothing anew',
    shape => {
      const input = syntheticReport(shape);
      const report = buildReport(input);
      const file = dcmjs.data.DicomMessage.readFile(report.sr.part10);
      delete file.dict['00990010'];
      delete file.dict['00991001'];
      const stored = readReport(report.seg.part10, file.write(), input.series);
      const { runtime, createdAt, ...content } = input.result;
      expect(stored.fidelity).toBe('coded');
      expect(stored.result).toMatchObject({
        ...content,
        hemispheres: codedHemispheres(content.hemispheres),
      });
      expect(stored.result.runtime).toMatchObject({ provider: runtime.provider, adapter: runtime.adapter });
      expect(stored.result.createdAt).toBe(createdAt.replace('.089', '.000'));
      const again = buildReport({ ...input, ...stored, series: input.series }, stored.version);
      expect(again.unchanged).toBe(true);
      expect(again.sr.sopInstanceUID).toBe(report.sr.sopInstanceUID);
    }
  );

  test('knows the side to which the gantry leans', () => {
    const tilts = [TILTED_UNEVEN, TILTED_OTHER_WAY].map(shape => {
      const input = syntheticReport(shape);
      return readBack(buildReport(input), input).result.series.gantryTiltDeg;
    });
    expect(tilts).toEqual([18.5, -18.5]);
  });

  test.each([
    ['is no JSON', () => '{'],
    ['lacks a field', (result: AspectsResult) => JSON.stringify({ ...result, infarct: undefined })],
    ['has a text for a number', (result: AspectsResult) => JSON.stringify({ ...result, score: '7' })],
    [
      'of version 1.0 lacks its regions',
      (result: AspectsResult) => JSON.stringify({ ...result, schemaVersion: '1.0', hemispheres: {} }),
    ],
    ['has a score of 11', (result: AspectsResult) => JSON.stringify({ ...result, score: 11 })],
  ])('whose private block %s is refused', (_, block) => {
    const input = syntheticReport();
    const report = buildReport(input);
    const file = dcmjs.data.DicomMessage.readFile(report.sr.part10);
    file.dict['00991001'].Value = [block(input.result)];
    expect(() => readReport(report.seg.part10, file.write(), input.series)).toThrow(
      expect.objectContaining({ code: 'DAMAGED' })
    );
  });

  test.each<readonly [string, (result: AspectsResult) => object]>([
    ['all its warnings taken out', result => ({ ...result, warnings: [] })],
    [
      'a warning put in',
      result => ({ ...result, warnings: [{ code: 'GPU_FALLBACK', message: '<img src=x>' }] }),
    ],
    [
      'other networks',
      result => ({
        ...result,
        models: result.models.map(model => ({ ...model, name: 'other', version: '9.9' })),
      }),
    ],
    [
      "another patient's series",
      result => ({
        ...result,
        series: { ...result.series, studyInstanceUID: '9.9.9', seriesInstanceUID: '8.8' },
      }),
    ],
    ['other software', result => ({ ...result, software: { name: 'other', version: '9' } })],
    [
      'another device',
      result => ({ ...result, runtime: { ...result.runtime, provider: 'cpu', adapter: 'other' } }),
    ],
    ['another day', result => ({ ...result, createdAt: '1999-01-01T00:00:00Z' })],
  ])('whose private block has %s reopens as its coded content says', (_, change) => {
    const input = syntheticReport();
    const report = buildReport(input);
    const file = dcmjs.data.DicomMessage.readFile(report.sr.part10);
    file.dict['00991001'].Value = [JSON.stringify(change(input.result))];
    const { result } = readReport(report.seg.part10, file.write(), input.series);
    expect({ ...result, createdAt: input.result.createdAt }).toEqual(input.result);
    expect(Math.abs(Date.parse(result.createdAt) - Date.parse(input.result.createdAt))).toBeLessThan(1000);
  });

  test.each<readonly [string, (result: AspectsResult) => object]>([
    ['a device that does not exist', ({ runtime }) => ({ runtime: { ...runtime, provider: 'cuda' } })],
    ['a score of 42', () => ({ score: 42 })],
    ['a volume below nothing', ({ infarct }) => ({ infarct: { ...infarct, volumeMl: -3 } })],
    [
      'a network without its hash',
      ({ models }) => ({ models: models.map(model => ({ ...model, sha256: 'none' })) }),
    ],
  ])('whose coded content has %s, and no private block, is refused', (_, change) => {
    const input = syntheticReport();
    const report = buildReport({ ...input, result: { ...input.result, ...change(input.result) } });
    const file = dcmjs.data.DicomMessage.readFile(report.sr.part10);
    delete file.dict['00990010'];
    delete file.dict['00991001'];
    expect(() => readReport(report.seg.part10, file.write(), input.series)).toThrow(
      expect.objectContaining({ code: 'DAMAGED' })
    );
  });

  test('whose coded content was changed elsewhere is refused', () => {
    const input = syntheticReport();
    const report = buildReport(input);
    const file = dcmjs.data.DicomMessage.readFile(report.sr.part10);
    const other = { ...input.result, score: 3 };
    file.dict['00991001'].Value = [JSON.stringify(other)];
    expect(() => readReport(report.seg.part10, file.write(), input.series)).toThrow(
      expect.objectContaining({ code: 'INCONSISTENT' })
    );
  });

  test('of another series, of other software or cut short is refused with the reason', () => {
    const input = syntheticReport();
    const report = buildReport(input);
    const elsewhere = { ...input.series, seriesInstanceUID: '1.2.3' };
    const refused = (code: string) => expect.objectContaining({ code });
    expect(() => readReport(report.seg.part10, report.sr.part10, elsewhere)).toThrow(refused('OTHER_SERIES'));
    expect(() => readReport(report.seg.part10, report.seg.part10, input.series)).toThrow(refused('NOT_OURS'));
    expect(() => readReport(report.seg.part10.slice(0, 60000), report.sr.part10, input.series)).toThrow(
      refused('DAMAGED')
    );
    expect(() => readReport(new ArrayBuffer(10), report.sr.part10, input.series)).toThrow(refused('DAMAGED'));
  });
});

describe('versions', () => {
  test('the same content has the same UIDs and bytes, whenever it was computed the UIDs stay', () => {
    const input = syntheticReport();
    const first = buildReport(input);
    const again = buildReport(input);
    expect(Buffer.from(again.seg.part10).equals(Buffer.from(first.seg.part10))).toBe(true);
    expect(Buffer.from(again.sr.part10).equals(Buffer.from(first.sr.part10))).toBe(true);
    const later = buildReport({ ...input, result: { ...input.result, createdAt: '2026-04-01T00:00:00Z' } });
    expect([later.seg.sopInstanceUID, later.sr.sopInstanceUID]).toEqual([
      first.seg.sopInstanceUID,
      first.sr.sopInstanceUID,
    ]);
  });

  test('every UID is a valid 2.25 UID', () => {
    const { seg, sr } = buildReport(syntheticReport());
    for (const uid of [seg.sopInstanceUID, seg.seriesInstanceUID, sr.sopInstanceUID, sr.seriesInstanceUID]) {
      expect(uid).toMatch(/^2\.25\.[1-9]\d{0,38}$/);
    }
  });

  test('one changed voxel gives another SEG and an SR that names its predecessor', () => {
    const input = syntheticReport();
    const first = buildReport(input);
    const infarct = input.infarct.map(plane => plane.slice());
    infarct[4][0] = 1;
    const second = buildReport({ ...input, infarct }, headerOf(first)?.version);
    expect(second.unchanged).toBe(false);
    expect(second.seg.sopInstanceUID).not.toBe(first.seg.sopInstanceUID);
    expect(second.sr.predecessorSopInstanceUID).toBe(first.sr.sopInstanceUID);
    expect(headerOf(second)?.version.predecessorSopInstanceUID).toBe(first.sr.sopInstanceUID);
  });

  test('a region switched by the reader keeps the SEG and gives a new SR', () => {
    const input = syntheticReport();
    const first = buildReport(input);
    const second = buildReport(
      { ...input, result: { ...input.result, score: input.result.score - 1 } },
      headerOf(first)?.version
    );
    expect(second.seg.sopInstanceUID).toBe(first.seg.sopInstanceUID);
    expect(second.sr.sopInstanceUID).not.toBe(first.sr.sopInstanceUID);
  });

  test('the series number tells which version is the latest, and never is one of SEG, pictures or notes', () => {
    const input = syntheticReport();
    const ofScore = (score: number, before?: DicomReport) =>
      buildReport({ ...input, result: { ...input.result, score } }, before && headerOf(before)?.version);
    const first = ofScore(8);
    const second = ofScore(7, first);
    const third = ofScore(8, second);
    const numbers = [first, second, ofScore(7, second), third].map(
      report => headerOf(report)?.version.seriesNumber
    );
    expect(numbers).toEqual([9002, 9012, 9012, 9022]);
    expect(third.sr.seriesNumber).toBe(9022);
  });

  test('storing the latest version again changes nothing; going back is a third version', () => {
    const input = syntheticReport();
    const changed = { ...input, result: { ...input.result, score: input.result.score - 1 } };
    const first = buildReport(input);
    const second = buildReport(changed, headerOf(first)?.version);
    const secondAgain = buildReport(changed, headerOf(second)?.version);
    expect(secondAgain.unchanged).toBe(true);
    expect(Buffer.from(secondAgain.sr.part10).equals(Buffer.from(second.sr.part10))).toBe(true);
    const third = buildReport(input, headerOf(second)?.version);
    expect(third.unchanged).toBe(false);
    expect(third.sr.sopInstanceUID).not.toBe(first.sr.sopInstanceUID);
    const headers = [second, third, first].map(report => headerOf(report)!);
    expect(latestReport(headers, input.series.seriesInstanceUID)?.version.sopInstanceUID).toBe(
      third.sr.sopInstanceUID
    );
    expect(latestReport(headers, '1.2.3')).toBeUndefined();
  });
});

test('masks that do not fit the series are refused', () => {
  const input = syntheticReport();
  expect(() => buildReport({ ...input, regions: input.regions.slice(1) })).toThrow(RangeError);
});
