import { headPhantom, type PhantomOptions } from '../../testing/headPhantom';
import { refusalOf } from '../../testing/refusalOf';
import { buildHeadCtSeries } from './buildHeadCtSeries';
import type { CtInstance } from './ctInstance';

const SIZE = 84;
const SPACING_MM = 3;
const HEIGHTS_MM = Array.from({ length: 22 }, (_, i) => 5 * i - 50);

const head = (options: PhantomOptions = {}): CtInstance[] =>
  headPhantom({ size: SIZE, pixelSpacingMm: SPACING_MM, heightsMm: HEIGHTS_MM, noiseHu: 5, ...options });

/** What is below the head: an ellipse of soft tissue around a spine, with that half width and half depth. */
const bodySlice = (seed: number, halfWidthMm: number, halfDepthMm: number, shiftMm = 0) =>
  Int16Array.from({ length: SIZE * SIZE }, (_, i) => {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)].map(at => (at - (SIZE - 1) / 2) * SPACING_MM);
    const spine = Math.hypot(x - shiftMm, y - 20);
    if (spine < 16) {
      return spine < 8 ? 30 : 400;
    }
    return Math.hypot((x - shiftMm) / halfWidthMm, y / halfDepthMm) < 1
      ? 45 + ((i * 7919 + seed * i) % 11) - 5
      : -1000;
  });

/** The head upon slices of a neck and shoulders, from caudal. */
function upon(slices: readonly Int16Array[]): CtInstance[] {
  const whole = head();
  const [lowest] = whole;
  const [x, y, z] = lowest.imagePositionPatient as readonly [number, number, number];
  const body = slices.map((hu, i): CtInstance => ({
    ...lowest,
    sopInstanceUID: `1.2.4.${i}`,
    instanceNumber: 100 + i,
    imagePositionPatient: [x, y, z - 5 * (slices.length - i)],
    readHu: () => hu,
  }));
  return [...body, ...whole];
}

const neck = Array.from({ length: 6 }, (_, i) => bodySlice(i, 60, 55));
const shoulders = Array.from({ length: 6 }, (_, i) => bodySlice(i, 118, 60));

describe('what lies below the brain is not compared, since nothing there is scored', () => {
  test.each<readonly [string, readonly Int16Array[]]>([
    ['a neck', neck],
    ['shoulders right upon a neck', [...shoulders, ...neck]],
    ['a neck that is bent away', [...Array.from({ length: 5 }, (_, i) => bodySlice(i, 50, 45, 45)), ...neck]],
  ])('%s', (_, below) => {
    const { slices, warnings } = buildHeadCtSeries(upon(below));
    expect(slices).toHaveLength(below.length + HEIGHTS_MM.length);
    expect(warnings).toEqual([]);
  });
});

describe('brain is compared above a neck as well', () => {
  const broken = (at: number, change: (hu: number, i: number) => number): CtInstance[] =>
    upon(neck).map((slice, i) =>
      i === neck.length + at ? { ...slice, readHu: () => Int16Array.from(slice.readHu(), change) } : slice
    );

  test.each<readonly [string, CtInstance[]]>([
    ['a slice that is 40 HU too dark', broken(8, hu => (hu > -900 ? hu - 40 : hu))],
    ['a slice of air', broken(10, (_, i) => -1000 + (i % 3))],
    ['a slice that lies elsewhere', broken(12, (_, i) => (i % SIZE < 30 ? 40 : -1000))],
  ])('%s', (_, slices) => {
    expect(refusalOf(() => buildHeadCtSeries(slices))?.code).toBe('HETEROGENEOUS_SLICES');
  });
});

describe('slices at an end of the stack that have no values of a body may be brain, and are compared', () => {
  const changes: [string, (hu: number) => number][] = [
    ['without their rescale', hu => hu + 1024],
    ['100 HU too dark', hu => (hu > -900 ? hu - 100 : hu)],
    ['200 HU too dark', hu => hu - 200],
    ['of air alone', () => -1000],
  ];
  const ends: [string, (i: number) => boolean][] = [
    ['the lowest six', i => i < 6],
    ['the lower half', i => i < 11],
    ['the highest four', i => i >= 18],
    ['the upper half', i => i >= 11],
  ];
  it.each(
    changes.flatMap(([how, change]) => ends.map(([where, isHit]) => [where, how, isHit, change] as const))
  )('%s %s', (where, how, isHit, change) => {
    let told: readonly string[] = [];
    const series = head().map((slice, i) =>
      isHit(i) ? { ...slice, readHu: () => Int16Array.from(slice.readHu(), change) } : slice
    );
    const refusal = refusalOf(() => {
      told = buildHeadCtSeries(series).warnings.map(({ code }) => code);
    });
    // Four slices at the vertex that are as dark as fat are a step in the picture alone.
    const isStepAlone = where === 'the highest four' && how === '100 HU too dark';
    expect({ refused: refusal?.code, told }).toEqual(
      isStepAlone
        ? { refused: undefined, told: ['LOW_CONFIDENCE'] }
        : { refused: 'HETEROGENEOUS_SLICES', told: [] }
    );
  });
});
