import { cellsBetween } from './previewDifference';
import { PREVIEW_CELL_CM2, type SlicePreviews } from './slicePreviews';

const BONE_HU = 150;
/** Soft tissue with fat, also of a slice that is 40 HU too dark or too bright, HU. */
const SOFT_HU: readonly [number, number] = [-150, 150];
/** The canal of the spine and the floor of the mouth enclose less, cm2. */
const LEAST_ENCLOSED_CM2 = 25;
/** Air is below, and what stands in it above, HU. */
const AIR_HU = -800;
const BODY_HU = -500;
/** Of what stands in the air of a sound neck or chest, soft tissue is at least this share. */
const LEAST_SOFT_SHARE = 0.5;

/**
 * How many slices at the caudal end of the stack show neck or shoulders, of which nothing is scored: soft
 * tissue in air, none of it between bone in front, behind and on both sides. A slice with other values than a
 * body has (without its rescale, of air alone) ends them: it may have been brain.
 */
export function slicesBelowBrain({ slices, width }: SlicePreviews): number {
  const first = slices.findIndex(slice => !isBody(slice) || holdsBrain(slice, width));
  return Math.max(0, first);
}

function holdsBrain(slice: Float32Array, width: number): boolean {
  return enclosedCells(slice, width) * PREVIEW_CELL_CM2 >= LEAST_ENCLOSED_CM2;
}

function isBody(slice: Float32Array): boolean {
  const solid = cellsBetween(slice, BODY_HU, Infinity);
  const soft = cellsBetween(slice, SOFT_HU[0], SOFT_HU[1]);
  return solid > 0 && slice.some(hu => hu < AIR_HU) && soft >= LEAST_SOFT_SHARE * solid;
}

function enclosedCells(slice: Float32Array, width: number): number {
  const height = slice.length / width;
  const [left, right] = [new Int32Array(height).fill(width), new Int32Array(height).fill(-1)];
  const [front, back] = [new Int32Array(width).fill(height), new Int32Array(width).fill(-1)];
  for (let y = 0, cell = 0; y < height; y++) {
    for (let x = 0; x < width; x++, cell++) {
      if (slice[cell] > BONE_HU) {
        left[y] = Math.min(left[y], x);
        right[y] = x;
        front[x] = Math.min(front[x], y);
        back[x] = y;
      }
    }
  }
  let count = 0;
  for (let y = 0, cell = 0; y < height; y++) {
    for (let x = 0; x < width; x++, cell++) {
      const isBetween = x > left[y] && x < right[y] && y > front[x] && y < back[x];
      count += isBetween && slice[cell] > SOFT_HU[0] && slice[cell] < SOFT_HU[1] ? 1 : 0;
    }
  }
  return count;
}
