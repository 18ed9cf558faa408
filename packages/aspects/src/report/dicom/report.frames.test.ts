import dcmjs from 'dcmjs';
import { ENHANCED, ENHANCED_IN_TWO, syntheticReport } from '../../../testing/syntheticReport';
import { frameNumberOf, instanceOfFrame } from '../../series/sliceName';
import type { ReportInput } from '../types';
import { buildReport } from './buildReport';
import { readReport } from './read/readReport';
import { StoredReportError } from './read/storedReportError';

type Items = readonly Readonly<Record<string, unknown>>[];

/** As another program reads it. */
function datasetOf(part10: ArrayBuffer): Readonly<Record<string, unknown>> {
  const { dict } = dcmjs.data.DicomMessage.readFile(part10);
  return dcmjs.data.DicomMetaDictionary.naturalizeDataset(dict);
}

/** Position by instance and frame number, as the Enhanced CT itself has it. */
const placesOf = ({ series }: ReportInput): Map<string, readonly number[]> =>
  new Map(
    series.slices.map(({ sopInstanceUID, position }) => [
      `${instanceOfFrame(sopInstanceUID)} ${frameNumberOf(sopInstanceUID)}`,
      position,
    ])
  );

const first = (item: Readonly<Record<string, unknown>>, keyword: string) => (item[keyword] as Items)[0];

function segFrames(part10: ArrayBuffer) {
  return (datasetOf(part10).PerFrameFunctionalGroupsSequence as Items).map(group => {
    const source = first(first(group, 'DerivationImageSequence'), 'SourceImageSequence');
    return {
      source: `${String(source.ReferencedSOPInstanceUID)} ${String(source.ReferencedFrameNumber)}`,
      position: (first(group, 'PlanePositionSequence').ImagePositionPatient as unknown[]).map(Number),
    };
  });
}

/** References of all IMAGE items to CT, wherever they are. */
function imageReferences(items: Items): Items {
  return items.flatMap(item => [
    ...(item.ValueType === 'IMAGE' ? (item.ReferencedSOPSequence as Items) : []),
    ...imageReferences((item.ContentSequence ?? []) as Items),
  ]);
}

/** The SEG with the frame number of each source changed. */
function withFrameNumbers(part10: ArrayBuffer, change: (frame: number) => number): ArrayBuffer {
  const file = dcmjs.data.DicomMessage.readFile(part10);
  const frames = file.dict['52009230'].Value as Record<string, { Value: Record<string, unknown>[] }>[];
  for (const frame of frames) {
    const derivation = frame['00089124'].Value[0] as Record<string, { Value: Record<string, unknown>[] }>;
    const source = derivation['00082112'].Value[0] as Record<string, { Value: unknown[] }>;
    source['00081160'].Value = [String(change(Number(source['00081160'].Value[0])))];
  }
  return file.write({ fragmentMultiframe: false });
}

describe.each([ENHANCED, ENHANCED_IN_TWO])('SEG and SR of a $name CT', shape => {
  const input = syntheticReport(shape);
  const report = buildReport(input);
  const places = placesOf(input);
  const instances = [...new Set(input.series.slices.map(slice => instanceOfFrame(slice.sopInstanceUID)))];

  it('name for each segment frame the CT frame that lies where it lies', () => {
    const frames = segFrames(report.seg.part10);
    expect(new Set(frames.map(({ source }) => source)).size).toBeGreaterThan(3);
    for (const { source, position } of frames) {
      const place = places.get(source);
      expect(place).toBeDefined();
      position.forEach((value, axis) => expect(value).toBeCloseTo(place![axis], 9));
    }
  });

  it('refer to single frames of an Enhanced CT, never to the whole of it', () => {
    const references = imageReferences(datasetOf(report.sr.part10).ContentSequence as Items).filter(
      ({ ReferencedSOPInstanceUID: uid }) => uid !== report.seg.sopInstanceUID
    );
    const named = references.map(
      ({ ReferencedSOPInstanceUID: uid, ReferencedFrameNumber: frame }) => `${String(uid)} ${String(frame)}`
    );
    expect(named.every(name => places.has(name))).toBe(true);
    expect(new Set(named)).toEqual(new Set(places.keys()));
    expect(new Set(references.map(({ ReferencedSOPClassUID: uid }) => uid))).toEqual(
      new Set(['1.2.840.10008.5.1.4.1.1.2.1'])
    );
  });

  it('list each instance once, by a UID that is one', () => {
    const uidsOf = (series: Readonly<Record<string, unknown>>, sequence: string) =>
      (series[sequence] as Items).map(item => item.ReferencedSOPInstanceUID);
    const seg = first(datasetOf(report.seg.part10), 'ReferencedSeriesSequence');
    const evidence = first(datasetOf(report.sr.part10), 'CurrentRequestedProcedureEvidenceSequence');
    expect(uidsOf(seg, 'ReferencedInstanceSequence')).toEqual(instances);
    expect(uidsOf(first(evidence, 'ReferencedSeriesSequence'), 'ReferencedSOPSequence')).toEqual(instances);
  });

  it('are refused, not laid over other slices, where the frames they name are not those of the series', () => {
    const read = (change: (frame: number) => number) =>
      readReport(withFrameNumbers(report.seg.part10, change), report.sr.part10, input.series);
    expect(read(frame => frame).regions).toEqual(input.regions);
    expect(() => read(frame => frame + 100)).toThrow(StoredReportError);
    expect(() => read(frame => frame + 1)).toThrow(StoredReportError);
    expect(() => read(frame => 11 - frame)).toThrow(StoredReportError);
  });
});

test('a stored report of an Enhanced CT misses what came later as another instance', () => {
  const whole = syntheticReport(ENHANCED_IN_TWO);
  const even = <T>(planes: readonly T[]): T[] => planes.filter((_, plane) => plane % 2 === 0);
  const series = { ...whole.series, slices: even(whole.series.slices) };
  const half = { ...whole, series, regions: even(whole.regions), infarct: even(whole.infarct) };
  const report = buildReport(half);
  const { missedSlices } = readReport(report.seg.part10, report.sr.part10, whole.series);
  expect(missedSlices).toBe(4);
});
