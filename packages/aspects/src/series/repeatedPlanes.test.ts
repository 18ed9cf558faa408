import { headPhantom } from '../../testing/headPhantom';
import { buildHeadCtSeries } from './buildHeadCtSeries';
import type { CtInstance } from './ctInstance';

const phantom = (): CtInstance[] => headPhantom({ size: 64, pixelSpacingMm: 3.75, noiseHu: 4 });
/** The same planes once more, brain a little brighter. */
const again = (change: (instance: CtInstance, i: number) => Partial<CtInstance>): CtInstance[] =>
  phantom().map((instance, i) => ({
    ...instance,
    sopInstanceUID: `7.${i}`,
    readHu: () => Float32Array.from(instance.readHu(), hu => (hu > 20 && hu < 60 ? hu + 6 : hu)),
    ...change(instance, i),
  }));
const warned = (instances: readonly CtInstance[]): string[] =>
  buildHeadCtSeries(instances).warnings.map(({ message }) => message);

describe('images that repeat positions, of which nothing tells which is the plain scan, are told', () => {
  test.each<readonly [string, readonly CtInstance[]]>([
    ['two phases one after the other', [...phantom(), ...again((_, i) => ({ instanceNumber: 101 + i }))]],
    [
      'two phases in turns',
      phantom().flatMap((instance, i) => [again(() => ({ instanceNumber: 2 * i }))[i], instance]),
    ],
    [
      'one acquisition number for both',
      [...phantom(), ...again(() => ({}))].map(image => ({ ...image, acquisitionNumber: 1 })),
    ],
  ])('%s', (_, instances) =>
    expect(warned(instances)).toEqual([expect.stringContaining('25 images repeat positions')])
  );
});

describe('images that repeat positions are left out without a word where the choice is clear', () => {
  test.each<readonly [string, readonly CtInstance[]]>([
    [
      'a later acquisition',
      [
        ...phantom().map(image => ({ ...image, acquisitionNumber: 1 })),
        ...again(() => ({ acquisitionNumber: 2 })),
      ],
    ],
    ['with contrast agent', [...phantom(), ...again(() => ({ contrastBolusAgent: 'IOMERON' }))]],
    ['with a sharp kernel', [...phantom(), ...again(() => ({ convolutionKernel: 'BONE' }))]],
    ['the seam of two rotations', [...phantom(), ...again(() => ({})).slice(12, 14)]],
  ])('%s', (_, instances) => expect(warned(instances)).toEqual([]));
});
