import { PREVIEW_CELL_CM2, type SlicePreviews } from './slicePreviews';

const BONE_HU = 150;
/** Soft tissue, also of a slice that is 40 HU too dark or too bright, HU. */
const SOFT_HU: readonly [number, number] = [-60, 150];
/** The canal of the spine and the floor of the mouth enclose less, cm2. */
const LEAST_ENCLOSED_CM2 = 25;

/**
 * The first and the last slice with brain: soft tissue between bone in front, behind and on both sides. What
 * lies beyond, as neck and shoulders, is not scored. The whole stack where no slice has any.
 */
export function brainSlices({ slices, width }: SlicePreviews): {
  readonly first: number;
  readonly last: number;
} {
  const holdsBrain = slices.map(
    slice => enclosedCells(slice, width) * PREVIEW_CELL_CM2 >= LEAST_ENCLOSED_CM2
  );
  const first = holdsBrain.indexOf(true);
  return first < 0 ? { first: 0, last: slices.length - 1 } : { first, last: holdsBrain.lastIndexOf(true) };
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
