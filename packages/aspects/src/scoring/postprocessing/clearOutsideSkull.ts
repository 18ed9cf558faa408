import { affineX, affineY } from '../../base/affine2';
import { dilate } from '../../base/cellMasks';
import { gridToPlane } from '../preprocessing/networkGrid';
import { CELL_MM } from '../preprocessing/workingVolume';
import type { GridStack } from './gridStack';
import type { NativeTransfer } from './toNativeSlices';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
const { round } = Math;

/**
 * The intracranial space is grown by this many cells of 2 mm, for its coarse edge and the frame's
 * last millimetres.
 */
const MARGIN_CELLS = 2;

/**
 * Labels without those outside the intracranial space: what a network sees in an orbit, a sinus or the scalp
 * would move levels and sides.
 *
 * @param labels on the network grid, one plane a planned network slice.
 */
export function clearOutsideSkull(transfer: NativeTransfer, labels: GridStack): GridStack {
  return { ...labels, planes: labels.planes.map((plane, z) => clearedPlane(transfer, labels, plane, z)) };
}

function clearedPlane(
  { brain, frame, plan }: NativeTransfer,
  { size, spacingMm, planeOffsetsMm }: GridStack,
  plane: Uint8Array,
  z: number
): Uint8Array {
  const { width, height, left0, posterior0, planeOfSlice } = brain.volume;
  const { slices } = plan[z];
  const inner = brain.masks[planeOfSlice[slices[slices.length >> 1]]];
  const mask = dilate(inner, width, height, MARGIN_CELLS);
  const toPlane = gridToPlane(frame, planeOffsetsMm[z], size, spacingMm);
  const cleared = plane.slice();
  for (let i = 0; i < cleared.length; i++) {
    if (cleared[i]) {
      const column = i % size;
      const row = (i - column) / size;
      const x = round((affineX(toPlane, column, row) - left0) / CELL_MM);
      const y = round((affineY(toPlane, column, row) - posterior0) / CELL_MM);
      const inside = x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x];
      cleared[i] = inside ? cleared[i] : 0;
    }
  }
  return cleared;
}
