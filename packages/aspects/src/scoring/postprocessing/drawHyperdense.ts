import { affineX, affineY } from '../../base/affine2';
import { pixelToPlane } from '../../series/sliceGeometry';
import { INFARCT_CLASS } from '../aspects/infarctClasses';
import type { HyperdenseBody } from '../preprocessing/hyperdense';
import { CELL_MM } from '../preprocessing/workingVolume';
import { isTissue, type NativePlanes, type NativeTransfer } from './toNativeSlices';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it.
const { floor } = Math;

/**
 * Draws a body of hyperdense tissue into an infarct map as suspected haemorrhage, in place, where no network
 * drew anything: what is told in words is to be seen on the images too. Its edge runs between the cells, so
 * that it is as smooth as they allow.
 */
export function drawHyperdense(
  { series, brain }: Pick<NativeTransfer, 'series' | 'brain'>,
  { cells }: Pick<HyperdenseBody, 'cells'>,
  infarct: NativePlanes
): void {
  const { volume } = brain;
  infarct.forEach((plane, slice) => {
    const body = cells[volume.planeOfSlice[slice]];
    if (!body?.includes(1)) {
      return;
    }
    const map = pixelToPlane(series, slice);
    const { hu } = series.slices[slice];
    for (let i = 0; i < plane.length; i++) {
      const column = i % series.columns;
      const row = (i - column) / series.columns;
      const x = (affineX(map, column, row) - volume.left0) / CELL_MM;
      const y = (affineY(map, column, row) - volume.posterior0) / CELL_MM;
      if (plane[i] === 0 && isTissue(hu[i]) && shareOf(body, volume.width, x, y) >= 0.5) {
        plane[i] = INFARCT_CLASS.haemorrhage;
      }
    }
  });
}

/**
 * A mask between the centres of its cells, 0-1. The brain, and so a body in it, never reaches the border of
 * the grid.
 */
function shareOf(mask: Uint8Array, width: number, x: number, y: number): number {
  const [left, top] = [floor(x), floor(y)];
  const [right, below] = [x - left, y - top];
  const i = top * width + left;
  const upper = (mask[i] ?? 0) * (1 - right) + (mask[i + 1] ?? 0) * right;
  const lower = (mask[i + width] ?? 0) * (1 - right) + (mask[i + width + 1] ?? 0) * right;
  return upper * (1 - below) + lower * below;
}
