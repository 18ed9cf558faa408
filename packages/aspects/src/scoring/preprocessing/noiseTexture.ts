import { affineX, affineY } from '../../base/affine2';
import type { HeadCtSeries, QualityWarning } from '../../series/headCtSeries';
import { pixelToPlane } from '../../series/sliceGeometry';
import { median } from '../../series/statistics';
import type { BrainSpace } from './findBrain';
import { CELL_MM } from './workingVolume';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it.
const { ceil, floor, round, sqrt } = Math;

/** Brain with its noise; edges of bone and air would outweigh it, HU. */
const TISSUE_HU: readonly [number, number] = [0, 75];
/** Noise of neighbours is compared with that of pixels this far apart, which hardly know of each other. */
const FAR_PIXELS = 3;
/** Edge of the squares in which it is measured, mm, and the part of their pixels that must count. */
const SQUARE_MM = 10;
const LEAST_SHARE = 0.7;
/** Drawn images have no noise: more of their pixels than this equal the next (up to a third in scans). */
const GREATEST_EQUAL_SHARE = 0.5;
/** Only planes of the vault: at the skull base streaks lie between the bones. */
const VAULT_SHARE = 0.6;
/**
 * How much rougher than the median of the head a square is if its noise was not made by the same scanner and
 * kernel, and how many squares of a slice must be.
 */
const ROUGHER = 1.7;
const LEAST_SQUARES = 8;
/** A head needs as many squares to have a texture of its own. */
const LEAST_ALL = 60;

interface Square {
  readonly slice: number;
  readonly roughness: number;
}

/**
 * Brain whose noise is not that of the rest: painted over, whatever hides there. A scanner's kernel makes
 * neighbouring pixels alike, everywhere in a scan as much; numbers from a generator know nothing of each
 * other, even where mean and strength are right.
 */
export function checkNoiseTexture(series: HeadCtSeries, brain: BrainSpace): QualityWarning[] {
  const squares = brain.slices.flatMap(slice => squaresOf(series, brain, slice));
  if (squares.length < LEAST_ALL) {
    return [];
  }
  const limit = ROUGHER * median(squares.map(({ roughness }) => roughness));
  const counts = new Map<number, number>();
  for (const { slice, roughness } of squares) {
    counts.set(slice, (counts.get(slice) ?? 0) + (roughness > limit ? 1 : 0));
  }
  const [first, ...others] = [...counts]
    .filter(([, count]) => count >= LEAST_SQUARES)
    .map(([slice]) => slice);
  if (first === undefined) {
    return [];
  }
  const name = series.slices[first].sopInstanceUID;
  const where = others.length > 0 ? `${name} and ${others.length} more slices` : name;
  return [
    {
      code: 'LOW_CONFIDENCE',
      message: `In ${where} a part of the brain has another noise than the rest: it was painted over, or is of another image.`,
    },
  ];
}

/** Roughness (1 for noise without memory, less for a scanner's) of the squares of brain in a slice. */
function squaresOf(series: HeadCtSeries, { volume, masks, areasCm2 }: BrainSpace, slice: number): Square[] {
  const plane = volume.planeOfSlice[slice];
  if (areasCm2[plane] < VAULT_SHARE * Math.max(...areasCm2)) {
    return [];
  }
  const { rows, columns, pixelSpacingMm } = series;
  const { hu } = series.slices[slice];
  const map = pixelToPlane(series, slice);
  const isBrain = (column: number, row: number): boolean => {
    const x = round((affineX(map, column, row) - volume.left0) / CELL_MM);
    const y = round((affineY(map, column, row) - volume.posterior0) / CELL_MM);
    return (
      x >= 0 && x < volume.width && y >= 0 && y < volume.height && masks[plane][y * volume.width + x] === 1
    );
  };
  const [high, wide] = pixelSpacingMm.map(spacing => ceil(SQUARE_MM / spacing));
  const squares: Square[] = [];
  for (let row = 0; row + high + FAR_PIXELS <= rows; row += high) {
    for (let column = 0; column + wide + FAR_PIXELS <= columns; column += wide) {
      if (isBrain(column + floor(wide / 2), row + floor(high / 2))) {
        const roughness = roughnessOf(hu, columns, row * columns + column, wide, high);
        squares.push(...(roughness === undefined ? [] : [{ slice, roughness }]));
      }
    }
  }
  return squares;
}

/** Difference to the next pixel by that to one farther away, in both directions. */
function roughnessOf(
  hu: Int16Array,
  columns: number,
  start: number,
  wide: number,
  high: number
): number | undefined {
  let [near, far, count, equal] = [0, 0, 0, 0];
  for (let y = 0; y < high; y++) {
    for (let i = start + y * columns; i < start + y * columns + wide; i++) {
      const value = hu[i];
      const [right, farRight] = [hu[i + 1], hu[i + FAR_PIXELS]];
      const [below, farBelow] = [hu[i + columns], hu[i + FAR_PIXELS * columns]];
      if (isTissue(value) && isTissue(right) && isTissue(farRight) && isTissue(below) && isTissue(farBelow)) {
        near += (value - right) ** 2 + (value - below) ** 2;
        far += (value - farRight) ** 2 + (value - farBelow) ** 2;
        count++;
        equal += value === right ? 1 : 0;
      }
    }
  }
  const isScanned = count >= LEAST_SHARE * wide * high && equal <= GREATEST_EQUAL_SHARE * count;
  return isScanned && far > 0 ? sqrt(near / far) : undefined;
}

function isTissue(hu: number): boolean {
  return hu > TISSUE_HU[0] && hu < TISSUE_HU[1];
}
