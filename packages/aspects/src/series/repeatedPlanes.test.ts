import { headPhantom } from '../../testing/headPhantom';
import { refusalOf } from '../../testing/refusalOf';
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

describe('a frame of reference', () => {
  const inFrame = (frameOf: (i: number) => string | undefined): readonly CtInstance[] =>
    phantom().map((instance, i) => ({ ...instance, frameOfReferenceUID: frameOf(i) }));

  test.each<readonly [string, (i: number) => string | undefined]>([
    ['every third image', i => (i % 3 ? '1.2' : undefined)],
    ['the first image', i => (i ? '1.2' : undefined)],
    ['all but one image', i => (i === 12 ? '1.2' : undefined)],
  ])('that %s lacks takes no image from the stack', (_, frameOf) => {
    expect(warned(inFrame(frameOf))).toEqual([]);
  });

  test('that differs does, also where some images have none', () => {
    const frames = inFrame(i => [undefined, '1.2', '1.3'][i % 3]);
    expect(refusalOf(() => buildHeadCtSeries(frames))?.code).toBe('INCONSISTENT_SERIES');
  });
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
    ['annotated', [...again(() => ({ imageType: ['DERIVED', 'SECONDARY'] })), ...phantom()]],
    [
      'a slab in between, with a lower number',
      [
        ...again(() => ({ imageType: ['DERIVED', 'SECONDARY', 'AVERAGE'], instanceNumber: 0 })).slice(12, 13),
        ...phantom(),
      ],
    ],
    ['the seam of two rotations', [...phantom(), ...again(() => ({})).slice(12, 14)]],
  ])('%s', (_, instances) => {
    expect(warned(instances)).toEqual([]);
    expect(buildHeadCtSeries(instances).slices[12].hu).toEqual(buildHeadCtSeries(phantom()).slices[12].hu);
  });
});
