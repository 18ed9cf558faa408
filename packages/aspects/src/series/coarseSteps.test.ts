import { headPhantom } from '../../testing/headPhantom';
import { refusalOf } from '../../testing/refusalOf';
import { buildHeadCtSeries } from './buildHeadCtSeries';
import type { CtInstance } from './ctInstance';

const HEIGHTS_MM = Array.from({ length: 25 }, (_, i) => 5 * (i - 12));

/** A head stored in coarse steps, whose brain lies a little beside the border of two of them. */
function coarse(
  stepHu: number,
  beside: (slice: number, x: number, y: number) => number,
  wrongSlice?: number
): CtInstance[] {
  const borderHu = stepHu * (Math.round(34 / stepHu) - 0.5);
  const heads = headPhantom({
    size: 64,
    pixelSpacingMm: 3.75,
    yawDeg: 6,
    heightsMm: HEIGHTS_MM,
    paint: ([x, y, z], hu) => (hu > 20 && hu < 50 ? borderHu + beside(Math.round(z / 5) + 12, x, y) : hu),
  });
  return heads.map((instance, i) => ({
    ...instance,
    rescaleSlope: stepHu,
    rescaleIntercept: -1024,
    readHu: () =>
      Int16Array.from(
        instance.readHu(),
        hu => stepHu * Math.round((hu + (i === wrongSlice ? 40 : 0)) / stepHu)
      ),
  }));
}

const messages = (instances: readonly CtInstance[]): string[] =>
  buildHeadCtSeries(instances)
    .warnings.filter(({ code }) => code !== 'LOSSY_COMPRESSION')
    .map(({ message }) => message);

describe('what coarse steps round up in one slice and down in the next is no other scan', () => {
  test.each<readonly [string, number, (slice: number, x: number, y: number) => number]>([
    ['12 HU, every second slice', 12, i => (i % 2 ? 1 : -1)],
    [
      '12 HU, every second slice, in a quarter of the brain',
      12,
      (i, x, y) => (i % 2 && x < 0 && y > 0 ? 1 : -1),
    ],
    ['8 HU, every second slice', 8, i => (i % 2 ? 1 : -1)],
    ['16 HU, from the middle of the head on', 16, i => (i > 12 ? 1 : -1)],
    ['14 HU, one slice', 14, i => (i === 13 ? 1 : -1)],
  ])('of %s', (_, stepHu, beside) => expect(messages(coarse(stepHu, beside))).toEqual([]));
});

it('a slice 40 HU too bright does not fit in coarse steps either', () => {
  expect(refusalOf(() => buildHeadCtSeries(coarse(12, () => 1, 13)))?.code).toBe('HETEROGENEOUS_SLICES');
});

test.each([16, 24, 32])(
  'one slice with steps of %s HU changes nothing of what others may differ by',
  stepHu => {
    const series = coarse(1, () => 1).map((instance, i) => {
      const hu = instance.readHu();
      const brighter = hu.map(value => value + (i === 13 ? 20 : 0));
      return { ...instance, rescaleSlope: i === 4 ? stepHu : 1, readHu: () => brighter };
    });
    expect(refusalOf(() => buildHeadCtSeries(series))?.code).toBe('HETEROGENEOUS_SLICES');
  }
);
