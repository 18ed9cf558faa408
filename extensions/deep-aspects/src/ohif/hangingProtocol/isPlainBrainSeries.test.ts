import type { InstanceAttributes } from '../host/instanceAttributes';
import { isPlainBrainSeries, type JudgedDisplaySet } from './isPlainBrainSeries';

const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';

interface Series {
  readonly spacingMm?: number;
  readonly count?: number;
  readonly attributes?: InstanceAttributes;
  readonly madeInClient?: boolean;
}

/** An axial 5 mm head series of 28 slices, but for what is given. */
function displaySet({
  spacingMm = 5,
  count = 28,
  attributes = {},
  madeInClient,
}: Series = {}): JudgedDisplaySet {
  const instances = Array.from({ length: count }, (_, index) => ({
    SOPClassUID: CT_IMAGE,
    SOPInstanceUID: `1.2.${index + 1}`,
    StudyInstanceUID: '1.2',
    SeriesInstanceUID: '1.2.3',
    Modality: 'CT',
    SeriesDescription: 'Head',
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    ConvolutionKernel: 'H31s',
    Rows: 512,
    Columns: 512,
    PixelSpacing: [0.45, 0.45],
    SliceThickness: spacingMm,
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    ImagePositionPatient: [-115, -115, index * spacingMm],
    ...attributes,
  })) as InstanceAttributes[];
  return { instances, madeInClient };
}

const TILTED = { ImageOrientationPatient: [1, 0, 0, 0, Math.cos(0.32), -Math.sin(0.32)] };

describe('the plain brain series of a study', () => {
  it.each<[string, Series]>([
    ['a bone reconstruction', { attributes: { ConvolutionKernel: 'H60s', SeriesDescription: 'Head bone' } }],
    ['a 1 mm reconstruction', { spacingMm: 1, count: 140 }],
    ['a contrast phase', { attributes: { ContrastBolusAgent: 'APPLIED', SeriesDescription: 'Head' } }],
    ['an angiography', { attributes: { SeriesDescription: 'CTA' } }],
    ['a localizer', { attributes: { ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] } }],
    ['a summary capture', { attributes: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.7', SamplesPerPixel: 3 } }],
    ['a coronal reformat', { attributes: { ImageOrientationPatient: [1, 0, 0, 0, 0, -1] } }],
  ])('is not %s, whatever the order', (_, other) => {
    const [brain, worse] = [displaySet(), displaySet(other)];
    for (const displaySets of [
      [brain, worse],
      [worse, brain],
    ]) {
      expect(isPlainBrainSeries(brain, { displaySets })).toBe(1);
      expect(isPlainBrainSeries(worse, { displaySets })).toBe(0);
    }
  });

  it('may be one multi-frame instance', () => {
    const { instances = [] } = displaySet();
    const { PixelSpacing, ImageOrientationPatient, ImagePositionPatient: _, ...common } = instances[0];
    const enhanced = {
      instances: [
        {
          ...common,
          SOPClassUID: '1.2.840.10008.5.1.4.1.1.2.1',
          NumberOfFrames: instances.length,
          SharedFunctionalGroupsSequence: [
            {
              PixelMeasuresSequence: [{ PixelSpacing }],
              PlaneOrientationSequence: { ImageOrientationPatient },
            },
          ],
          PerFrameFunctionalGroupsSequence: instances.map(({ ImagePositionPatient }) => ({
            PlanePositionSequence: [{ ImagePositionPatient }],
          })),
        },
      ],
    };
    const thin = displaySet({ spacingMm: 1, count: 140 });
    expect(isPlainBrainSeries(enhanced, { displaySets: [thin, enhanced] })).toBe(1);
    expect(isPlainBrainSeries(thin, { displaySets: [thin, enhanced] })).toBe(0);
  });

  it('may be tilted, as most gantries were', () => {
    expect(isPlainBrainSeries(displaySet({ attributes: TILTED }))).toBe(1);
  });

  it('is a thin bone reconstruction rather than a contrast phase, where there is nothing else', () => {
    const plain = displaySet({ spacingMm: 1, count: 140, attributes: { ConvolutionKernel: 'H60s' } });
    const contrast = displaySet({ attributes: { ContrastBolusAgent: 'Iohexol' } });
    expect(isPlainBrainSeries(plain, { displaySets: [contrast, plain] })).toBe(1);
    expect(isPlainBrainSeries(contrast, { displaySets: [contrast, plain] })).toBe(0);
  });

  it.each<[string, JudgedDisplaySet]>([
    ['a segmentation made in the viewer', displaySet({ madeInClient: true })],
    ['a display set without images', {}],
    [
      'another modality',
      displaySet({ attributes: { Modality: 'MR', SOPClassUID: '1.2.840.10008.5.1.4.1.1.4' } }),
    ],
  ])('is never %s', (_, other) => {
    expect(isPlainBrainSeries(other)).toBe(0);
  });

  it('is judged again when images were added', () => {
    const growing = { instances: displaySet({ count: 1 }).instances };
    expect(isPlainBrainSeries(growing)).toBe(0);
    expect(isPlainBrainSeries(Object.assign(growing, displaySet()))).toBe(1);
  });
});
