import { MAX_RANK, rankBrainSeries, type RankedDisplaySet, type RankedInstance } from './brainSeriesRank';

const AXIAL = [1, 0, 0, 0, 1, 0];

function displaySet(instance: Partial<RankedInstance> = {}, own: Partial<RankedDisplaySet> = {}): RankedDisplaySet {
  return {
    Modality: 'CT',
    SeriesDescription: 'Head 5.0 H31s',
    numImageFrames: 28,
    instances: [
      {
        ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
        ConvolutionKernel: 'H31s',
        SliceThickness: 5,
        ImageOrientationPatient: AXIAL,
        ...instance,
      },
    ],
    ...own,
  };
}

describe('the plain brain series', () => {
  const brain = rankBrainSeries(displaySet());

  it('has the highest rank', () => {
    expect(brain).toBe(MAX_RANK);
  });

  it.each([
    ['a localizer', displaySet({ ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] })],
    ['a summary capture', displaySet({ ImageType: ['DERIVED', 'SECONDARY', 'OTHER'] })],
    ['a coronal reformat', displaySet({ ImageOrientationPatient: [1, 0, 0, 0, 0, -1] })],
    ['a single image', displaySet({}, { numImageFrames: 1 })],
    ['a segmentation made in the viewer', displaySet({}, { madeInClient: true })],
    ['another modality', displaySet({}, { Modality: 'MR' })],
    ['images without orientation', displaySet({ ImageOrientationPatient: undefined })],
    ['a display set without instances', { Modality: 'CT', numImageFrames: 30 }],
  ])('is never %s', (_, other) => {
    expect(rankBrainSeries(other)).toBe(0);
  });

  it.each([
    ['a bone reconstruction', displaySet({ ConvolutionKernel: ['H60s'] })],
    ['a GE bone kernel', displaySet({ ConvolutionKernel: 'BONEPLUS' })],
    ['a series called bone', displaySet({}, { SeriesDescription: 'Head Bone 5mm' })],
    ['a 1 mm reconstruction', displaySet({ SliceThickness: '1' })],
    ['a derived average', displaySet({ ImageType: ['DERIVED', 'PRIMARY', 'AXIAL'] })],
    ['a contrast phase by its agent', displaySet({ ContrastBolusAgent: 'APPLIED' })],
    ['a contrast phase by its name', displaySet({}, { SeriesDescription: 'Head C+' })],
    ['an angiography', displaySet({}, { SeriesDescription: 'CTA Head' })],
  ])('comes before %s', (_, other) => {
    expect(rankBrainSeries(other)).toBeGreaterThan(0);
    expect(rankBrainSeries(other)).toBeLessThan(brain);
  });

  it('may be tilted, as most gantries were', () => {
    const [cosine, sine] = [Math.cos(0.32), Math.sin(0.32)];
    expect(rankBrainSeries(displaySet({ ImageOrientationPatient: [1, 0, 0, 0, cosine, -sine] }))).toBe(MAX_RANK);
  });

  it('is anything without contrast before anything with it', () => {
    const worstPlain = displaySet({ ConvolutionKernel: 'BONE', SliceThickness: 0.6, ImageType: ['DERIVED', 'PRIMARY'] });
    expect(rankBrainSeries(worstPlain)).toBeGreaterThan(rankBrainSeries(displaySet({ ContrastBolusAgent: 'Iohexol' })));
  });
});
