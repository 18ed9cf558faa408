import { affineX, affineY } from '../../base/affine2';
import type { HeadCtSeries } from '../../series/headCtSeries';
import { pixelToPlane } from '../../series/sliceGeometry';
import type { BrainSpace } from './findBrain';
import { CELL_MM } from './workingVolume';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it.
const { round } = Math;

export type PixelTest = (row: number, column: number) => boolean;

/**
 * Whether pixels of a slice lie in a mask of the brain.
 *
 * @param plane working plane of the mask; without it the slice's own. False everywhere where there is none.
 */
export function brainLookup(
  series: HeadCtSeries,
  { volume, masks }: BrainSpace,
  slice: number,
  plane = volume.planeOfSlice[slice]
): PixelTest {
  const { width, height, left0, posterior0 } = volume;
  const mask: Uint8Array | undefined = masks[plane];
  const map = pixelToPlane(series, slice);
  return (row, column) => {
    const x = round((affineX(map, column, row) - left0) / CELL_MM);
    const y = round((affineY(map, column, row) - posterior0) / CELL_MM);
    return x >= 0 && x < width && y >= 0 && y < height && mask?.[y * width + x] === 1;
  };
}
