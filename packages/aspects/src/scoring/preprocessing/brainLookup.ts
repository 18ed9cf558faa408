import { affineX, affineY, invertAffine } from '../../base/affine2';
import type { HeadCtSeries } from '../../series/headCtSeries';
import { pixelToPlane } from '../../series/sliceGeometry';
import type { BrainSpace } from './findBrain';
import { CELL_MM } from './workingVolume';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it.
const { ceil, floor, max, min, round } = Math;

export type PixelTest = (row: number, column: number) => boolean;

/** Masks by working plane: of the brain, or of something else in it. */
interface PlaneMasks extends Pick<BrainSpace, 'volume'> {
  readonly masks: readonly (Uint8Array | undefined)[];
}

/**
 * Whether pixels of a slice lie in a mask of the brain.
 *
 * @param plane working plane of the mask; without it the slice's own. False everywhere where there is none.
 */
export function brainLookup(
  series: HeadCtSeries,
  { volume, masks }: PlaneMasks,
  slice: number,
  plane = volume.planeOfSlice[slice]
): PixelTest {
  const { width, height, left0, posterior0 } = volume;
  const mask = masks[plane];
  const map = pixelToPlane(series, slice);
  return (row, column) => {
    const x = round((affineX(map, column, row) - left0) / CELL_MM);
    const y = round((affineY(map, column, row) - posterior0) / CELL_MM);
    return x >= 0 && x < width && y >= 0 && y < height && mask?.[y * width + x] === 1;
  };
}

/** Pixels from a first to a last row and column; none where the first lies behind the last. */
export interface PixelBox {
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
}

/** A box that holds the pixels of a slice that are in the brain or nearer to it than `marginMm`. */
export function brainBox(
  series: HeadCtSeries,
  { volume, masks }: BrainSpace,
  slice: number,
  marginMm: number
): PixelBox {
  const { width, left0, posterior0 } = volume;
  const mask = masks[volume.planeOfSlice[slice]];
  let [left, right, front, back] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let cell = 0; cell < mask.length; cell++) {
    if (mask[cell]) {
      const x = cell % width;
      const y = floor(cell / width);
      left = min(left, x);
      right = max(right, x);
      front = min(front, y);
      back = y;
    }
  }
  const margin = marginMm + CELL_MM;
  const toPixel = invertAffine(pixelToPlane(series, slice));
  const corners = [left0 + CELL_MM * left - margin, left0 + CELL_MM * right + margin].flatMap(x =>
    [posterior0 + CELL_MM * front - margin, posterior0 + CELL_MM * back + margin].map(y => ({
      column: affineX(toPixel, x, y),
      row: affineY(toPixel, x, y),
    }))
  );
  const range = (values: readonly number[], count: number): readonly [number, number] => [
    max(0, floor(min(...values))),
    min(count - 1, ceil(max(...values))),
  ];
  return {
    rows: range(
      corners.map(({ row }) => row),
      series.rows
    ),
    columns: range(
      corners.map(({ column }) => column),
      series.columns
    ),
  };
}
