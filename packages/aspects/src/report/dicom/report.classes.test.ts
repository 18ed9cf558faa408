import dcmjs from 'dcmjs';
import { syntheticReport } from '../../../testing/syntheticReport';
import { INFARCT_CLASS } from '../../scoring/aspects/infarctClasses';
import type { ReportInput } from '../types';
import { buildReport } from './buildReport';
import { OWN_CODES } from './codes';
import { readReport } from './read/readReport';
import { RESULT_BLOCK } from './sr/srSteps';

/** A report of a network that tells acute infarct, old infarct and haemorrhage apart, decided by evidence. */
function threeClasses(): ReportInput {
  const input = syntheticReport();
  const { result } = input;
  // Pixels 0-2 of the middle slice, one of each class.
  const middle = input.infarct.length >> 1;
  const infarct = input.infarct.map(plane => plane.slice());
  Object.values(INFARCT_CLASS).forEach((value, pixel) => (infarct[middle][pixel] = value));
  const side = (of: 'left' | 'right') => ({
    ...result.hemispheres[of],
    regions: result.hemispheres[of].regions.map((region, i) => ({
      ...region,
      probability: i / 16,
      oldInfarctMl: of === 'right' ? i / 4 : 0,
      evidence: {
        meanProbability: i / 10,
        likelyFraction: 0.25,
        upperTenthProbability: 0.75,
        oldFraction: 0.5,
        infarctMl: region.infarctMl,
      },
    })),
  });
  return {
    ...input,
    infarct,
    result: {
      ...result,
      hemispheres: { left: side('left'), right: side('right') },
      oldInfarct: { volumeMl: 12.5, leftMl: 1.25, rightMl: 11.25, mcaMl: 10, outsideMcaMl: 2.5 },
      haemorrhage: {
        volumeMl: 3.75,
        hyperdenseMl: 2.125,
        suspected: true,
        keySlice: input.series.slices[middle].sopInstanceUID,
      },
      rule: 'evidence',
    },
  };
}

describe('a report of three classes', () => {
  const input = threeClasses();
  const report = buildReport(input);

  it('reopens voxel for voxel, class by class, and value for value', () => {
    const stored = readReport(report.seg.part10, report.sr.part10, input.series);
    expect(stored.infarct).toEqual(input.infarct);
    expect(stored.result).toEqual(input.result);
  });

  it('reopens with the word of the reader who excluded the haemorrhage', () => {
    const haemorrhage = {
      ...input.result.haemorrhage,
      suspected: false,
      excludedByReader: true,
    } as const;
    const { seg, sr } = buildReport({ ...input, result: { ...input.result, haemorrhage } });
    expect(readReport(seg.part10, sr.part10, input.series).result.haemorrhage).toEqual(haemorrhage);
  });

  it('names each class in the SEG', () => {
    const { dict } = dcmjs.data.DicomMessage.readFile(report.seg.part10);
    const segments = dcmjs.data.DicomMetaDictionary.naturalizeDataset(dict).SegmentSequence as unknown as {
      SegmentNumber: number;
      SegmentLabel: string;
    }[];
    expect(
      segments.slice(20).map(({ SegmentNumber, SegmentLabel }) => [SegmentNumber, SegmentLabel])
    ).toEqual([
      [21, 'Acute infarct'],
      [22, 'Old infarct'],
      [23, 'Haemorrhage (suspected)'],
    ]);
  });

  it('has code values that DICOM takes (SH, PS3.5 6.2: at most 16 characters)', () => {
    expect(Object.values(OWN_CODES).filter(({ value }) => value.length > 16)).toEqual([]);
  });

  it('keeps all but the evidence where an archive strips the private block', () => {
    const file = dcmjs.data.DicomMessage.readFile(report.sr.part10);
    delete file.dict[RESULT_BLOCK.creatorTag];
    delete file.dict[RESULT_BLOCK.resultTag];
    const stripped = file.write({ fragmentMultiframe: false });
    const { result, fidelity } = readReport(report.seg.part10, stripped, input.series);
    expect(fidelity).toBe('coded');
    expect(result).toMatchObject({
      oldInfarct: input.result.oldInfarct,
      haemorrhage: input.result.haemorrhage,
      rule: 'evidence',
    });
    expect(
      result.hemispheres.right.regions.map(({ probability, oldInfarctMl }) => [probability, oldInfarctMl])
    ).toEqual(input.result.hemispheres.right.regions.map((_, i) => [i / 16, i / 4]));
  });
});
