import { headPhantom, type PhantomOptions } from '../../testing/headPhantom';
import { buildHeadCtSeries } from './buildHeadCtSeries';
import type { CtInstance } from './ctInstance';
import type { Vec3 } from './headCtSeries';

const HEIGHTS = Array.from({ length: 24 }, (_, i) => -60 + 5 * i);
const warned = (
  change: (instance: CtInstance, i: number) => Partial<CtInstance>,
  options: PhantomOptions = {}
): string[] => {
  const phantom = headPhantom({ size: 64, pixelSpacingMm: 3.75, noiseHu: 4, heightsMm: HEIGHTS, ...options });
  const series = buildHeadCtSeries(phantom.map((instance, i) => ({ ...instance, ...change(instance, i) })));
  return series.warnings
    .map(({ message }) => message)
    .filter(message => message.endsWith('lie otherwise than they say.'));
};
const COS_20 = Math.cos((20 * Math.PI) / 180);
const heightOf = ({ imagePositionPatient }: CtInstance): number => (imagePositionPatient as Vec3)[2];

describe('lengths that contradict the positions or the pixel spacing are told', () => {
  test.each<readonly [string, RegExp, (instance: CtInstance, i: number) => Partial<CtInstance>]>([
    [
      'a Slice Location that goes on by 4 mm',
      /5\.0 mm apart .* 4\.0 mm by Slice Location/,
      (_, i) => ({ sliceLocation: 4 * i }),
    ],
    ['one that falls by 6 mm', /6\.0 mm by Slice Location/, (_, i) => ({ sliceLocation: -6 * i })],
    [
      'Spacing Between Slices of 6.25 mm',
      /6\.3 mm by Spacing Between Slices/,
      () => ({ spacingBetweenSlices: 6.25 }),
    ],
    [
      'slices of 4 mm, 5 mm apart',
      /1\.3 times as far apart as they are thick/,
      () => ({ sliceThickness: 4 }),
    ],
    ['a field of 300 mm', /do not make up the field of 300 mm/, () => ({ reconstructionDiameter: 300 })],
    [
      'Imager Pixel Spacing of 3 mm',
      /Imager Pixel Spacing .* of 3 mm/,
      () => ({ imagerPixelSpacing: [3, 3] as const }),
    ],
    [
      'pixels that are no squares',
      /3 x 3\.75 mm are no squares/,
      () => ({ pixelSpacing: [3, 3.75] as const }),
    ],
  ])('%s', (_, told, change) => expect(warned(change).join('\n')).toMatch(told));
});

describe('lengths that agree are not', () => {
  test.each<readonly [string, number, (instance: CtInstance, i: number) => Partial<CtInstance>]>([
    ['Slice Location from another origin', 0, (_, i) => ({ sliceLocation: 1000 - 5 * i })],
    ['Slice Location along the body', 20, instance => ({ sliceLocation: heightOf(instance) })],
    ['Slice Location along the normal', 20, (_, i) => ({ sliceLocation: 5 * i * COS_20 })],
    ['Slice Location that is one number for all', 0, () => ({ sliceLocation: 0 })],
    ['Slice Location in no order', 0, (_, i) => ({ sliceLocation: (7 * i) % 24 })],
    ['slices that overlap', 0, () => ({ sliceThickness: 7 })],
    ['thin slices, thinly sown', 0, () => ({ sliceThickness: 1, spacingBetweenSlices: 5 })],
    ['the field of all columns', 0, () => ({ reconstructionDiameter: 240 })],
    ['the field of 512 columns, of which these were cut out', 0, () => ({ reconstructionDiameter: 1920 })],
    ['equal spacings', 0, () => ({ imagerPixelSpacing: [3.75, 3.75] as const })],
  ])('%s, with a gantry tilt of %s degrees', (_, tiltDeg, change) =>
    expect(warned(change, { tiltDeg })).toEqual([])
  );
});

describe('a gantry tilt that positions and orientation do not show', () => {
  const AXIAL = [1, 0, 0, 0, 1, 0] as const;
  const told = /show a gantry tilt of \d+ degrees, and Gantry\/Detector Tilt .* says 20/;
  const alongNormal = ({ imageOrientationPatient }: CtInstance, i: number): Vec3 => {
    const [, , , , posterior, headward] = imageOrientationPatient as readonly number[];
    return [0, -headward * 5 * i, posterior * 5 * i];
  };

  test.each<readonly [string, number, (instance: CtInstance, i: number) => Partial<CtInstance>]>([
    ['orientation overwritten', 20, () => ({ imageOrientationPatient: AXIAL })],
    ['the other way', -20, () => ({ imageOrientationPatient: AXIAL })],
    ['positions along the normal', 20, (slice, i) => ({ imagePositionPatient: alongNormal(slice, i) })],
    ['half of it', 10, () => ({ gantryDetectorTilt: -20 })],
    [
      'made by an anonymiser',
      20,
      () => ({ imageOrientationPatient: AXIAL, imageType: ['DERIVED', 'PRIMARY'] }),
    ],
  ])('%s (tilt of %s degrees): is told', (_, tiltDeg, change) =>
    expect(warned(change, { tiltDeg }).join('\n')).toMatch(told)
  );

  test.each<readonly [string, number, (instance: CtInstance) => Partial<CtInstance>]>([
    ['shown, with the other sign', 20, () => ({ gantryDetectorTilt: -20 })],
    ['rounded', 20, () => ({ gantryDetectorTilt: 18 })],
    ['of a few degrees', 0, () => ({ gantryDetectorTilt: 4 })],
    ['not in a tag', 20, () => ({ gantryDetectorTilt: undefined })],
    [
      'of the slices that were reformatted',
      0,
      () => ({ gantryDetectorTilt: 20, imageType: ['DERIVED', 'SECONDARY', 'MPR'] }),
    ],
  ])('a tilt %s is not told', (_, tiltDeg, change) => expect(warned(change, { tiltDeg })).toEqual([]));
});
