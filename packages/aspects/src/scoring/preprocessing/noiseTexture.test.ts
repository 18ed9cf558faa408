import { headPhantom } from '../../../testing/headPhantom';
import { buildHeadCtSeries } from '../../series/buildHeadCtSeries';
import type { Vec3 } from '../../series/headCtSeries';
import { findBrain } from './findBrain';
import { checkNoiseTexture } from './noiseTexture';

const SIZE = 176;
const SPACING_MM = 1.2;
/** Means of nine pixels keep a third of it. */
const RAW_NOISE_HU = 12;
const NOISE_HU = 4;
const DAMAGE_HU = 40;
const HEIGHTS_MM = Array.from({ length: 11 }, (_, i) => 10 * i - 50);

/** Sum of twelve even ones: mean 0, standard deviation 1. Always the same ones. */
function makeNoise(): () => number {
  let state = 1;
  const even = () => (state = (state * 48271) % 2147483647) / 2147483647;
  return () => Array.from({ length: 12 }, even).reduce((sum, value) => sum + value, -6);
}

/** What a scanner's kernel does: neighbours share their noise. */
function smoothed(hu: Int16Array | Float32Array): Int16Array {
  return Int16Array.from(hu, (value, i) => {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    if (x === 0 || y === 0 || x === SIZE - 1 || y === SIZE - 1) {
      return value;
    }
    let sum = 0;
    for (const row of [i - SIZE, i, i + SIZE]) {
      sum += hu[row - 1] + hu[row] + hu[row + 1];
    }
    return Math.round(sum / 9);
  });
}

interface Scan {
  readonly isSharp?: boolean;
  readonly paint?: (point: Vec3, hu: number) => number;
  /** Painted over with noise of the same mean and strength. */
  readonly isPaintedOver?: (x: number, y: number, z: number) => boolean;
  /** There a decoder made noise of a damaged stream. */
  readonly isDamaged?: (x: number, y: number, z: number) => boolean;
  readonly damageHu?: number;
}

function warnings({
  isSharp = false,
  paint,
  isPaintedOver = () => false,
  isDamaged = () => false,
  damageHu = DAMAGE_HU,
}: Scan): string[] {
  const noise = makeNoise();
  const slices = headPhantom({
    size: SIZE,
    pixelSpacingMm: SPACING_MM,
    heightsMm: HEIGHTS_MM,
    noiseHu: isSharp ? NOISE_HU : RAW_NOISE_HU,
    paint,
  });
  const scanned = slices.map((slice, index) => ({
    ...slice,
    readHu: () => {
      const hu = isSharp ? Int16Array.from(slice.readHu()) : smoothed(slice.readHu());
      return hu.map((value, i) => {
        const [x, y] = [i % SIZE, Math.floor(i / SIZE)].map(at => (at - (SIZE - 1) / 2) * SPACING_MM);
        if (isDamaged(x, y, HEIGHTS_MM[index])) {
          return Math.round(value + damageHu * noise());
        }
        const isOver = value > 0 && value < 70 && isPaintedOver(x, y, HEIGHTS_MM[index]);
        return isOver ? Math.round(34 + NOISE_HU * noise()) : value;
      });
    },
  }));
  const series = buildHeadCtSeries(scanned);
  return checkNoiseTexture(series, findBrain(series)).map(({ message }) => message);
}

describe('brain that is painted over with noise of the right mean and strength', () => {
  test.each<readonly [string, Scan, RegExp]>([
    [
      'where the left middle cerebral artery ends',
      { isPaintedOver: (x, y, z) => x > 10 && Math.abs(y) < 45 && z >= 0 && z <= 20 },
      /^In slices 6-8 of \d+ \(from below\) a part/,
    ],
    [
      'in half of one slice',
      { isPaintedOver: (x, _, z) => x < 0 && z === 10 },
      /^In slice 7 of \d+ \(from below\) a part/,
    ],
    [
      'over an area of 6 cm in two slices',
      { isPaintedOver: (x, y, z) => Math.abs(x + 30) < 30 && Math.abs(y) < 30 && (z === 0 || z === 10) },
      /^In slices 6-7 of /,
    ],
  ])('%s is told', (_, scan, told) => expect(warnings(scan)).toEqual([expect.stringMatching(told)]));
});

describe('brain of which data were damaged', () => {
  test.each<readonly [string, (x: number, y: number, z: number) => boolean, RegExp]>([
    [
      'in a block of a slice',
      (x, y, z) => z === 10 && x > 0 && x < 40 && Math.abs(y) < 30,
      /^In slice 7 of \d+ \(from below\) a/,
    ],
    ['in half of a slice', (x, _, z) => z === 0 && x < 0, /^In slice 6 of \d+ \(from below\) a/],
    [
      'in a band of three slices',
      (_, y, z) => Math.abs(y) < 15 && Math.abs(z - 10) <= 10,
      /^In slices 6-8 of /,
    ],
  ])('%s is told', (_, isDamaged, told) => {
    const found = warnings({ isDamaged });
    expect(found).toEqual([expect.stringMatching(told)]);
    expect(found[0]).toContain('its data are damaged');
  });
});

it('calcification and bone, which go on from slice to slice, are no damage', () => {
  const isThere = (x: number, y: number): boolean => Math.abs(x) < 30 && Math.abs(y) < 30;
  const scan = { damageHu: 10, isDamaged: isThere };
  expect(warnings(scan).join()).not.toContain('damaged');
  const single = { ...scan, isDamaged: (x: number, y: number, z: number) => z === 10 && isThere(x, y) };
  expect(warnings(single)).toEqual([expect.stringMatching(/^In slice 7 of .* its data are damaged/)]);
});

describe('no other noise is seen', () => {
  test.each<readonly [string, Scan]>([
    ['in a sound head', {}],
    [
      'in a large infarct',
      { paint: ([x, y], hu) => (hu > 20 && hu < 60 && x > 15 && Math.abs(y) < 45 ? hu - 12 : hu) },
    ],
    ['where brain is shaded', { paint: ([x], hu) => (hu > -900 ? hu + x / 8 : hu) }],
    ['of a sharp kernel', { isSharp: true }],
  ])('%s', (_, scan) => expect(warnings(scan)).toEqual([]));
});
