import { cellDifference, cellsBetween, HEAD_HU } from './previewDifference';
import { PREVIEW_CELL_CM2 } from './slicePreviews';

// Bound once for the loops over cells: a lookup of a global is slow where a sandbox stands behind it.
const { abs, ceil, cos, floor, fround, max, min, PI, sin } = Math;

/**
 * Turns that are tried, degrees: none of them is zero, since turning blurs a slice, and a blurred one fits
 * better. Even so many turns the cortex by 1 mm for each degree.
 */
const NEAR_DEG = 1;
const FAR_DEG = 5;
const SCREENED_DEG = [-7, -5, 5, 7];
const TRIED_DEG = [-13, -11, -9, -7, -5, -3, -1, 1, 3, 5, 7, 9, 11, 13];
/**
 * Of the difference as it lies, and after a turn to the other side, at most this part is left: slices of one
 * head, however unlike, differ more after a turn to either side, and about as much.
 */
const LEFT_PART = 0.97;
const LEFT_OF_OTHER_SIDE = 0.8;
/** Smaller heads, at the vertex, are round, cm2. */
const LEAST_HEAD_CM2 = 120;

/**
 * By how much a slice has to be turned to fit the one below best, degrees, positive from the patient's left
 * to posterior; 0 where that is less than 5 degrees or improves little. Neighbouring slices of one head fit
 * as they lie, whatever shape it has.
 */
export function inPlaneTurn(before: Float32Array, slice: Float32Array, width: number): number {
  const smaller = min(...[before, slice].map(preview => cellsBetween(preview, HEAD_HU, Infinity)));
  if (smaller * PREVIEW_CELL_CM2 < LEAST_HEAD_CM2) {
    return 0;
  }
  const heads: Heads = {
    middle: middleOf(before, width),
    before: headBox(before, width),
    slice: headBox(slice, width),
  };
  const costs = new Map<number, number>();
  const cost = (deg: number): number => {
    const known = costs.get(deg) ?? differenceTurned(before, slice, width, heads, deg);
    costs.set(deg, known);
    return known;
  };
  const asItLies = min(cost(NEAR_DEG), cost(-NEAR_DEG));
  if (min(...SCREENED_DEG.map(cost)) >= asItLies) {
    return 0;
  }
  const best = TRIED_DEG.reduce((least, deg) => (cost(deg) < cost(least) ? deg : least));
  const isTurned = cost(best) < LEFT_PART * asItLies && cost(best) < LEFT_OF_OTHER_SIDE * cost(-best);
  return abs(best) >= FAR_DEG && isTurned ? best : 0;
}

/** The first and the last column and row of a head's cells. */
interface Box {
  readonly left: number;
  readonly right: number;
  readonly front: number;
  readonly back: number;
}

/** Of two slices; the turn is about the middle of the lower one. */
interface Heads {
  readonly middle: Point;
  readonly before: Box;
  readonly slice: Box;
}

function headBox(slice: Float32Array, width: number): Box {
  let [left, right, front, back] = [width, -1, Infinity, -1];
  for (let y = 0, cell = 0; cell < slice.length; y++) {
    for (let x = 0; x < width; x++, cell++) {
      if (slice[cell] > HEAD_HU) {
        left = x < left ? x : left;
        right = x > right ? x : right;
        front = y < front ? y : front;
        back = y;
      }
    }
  }
  return { left, right, front, back };
}

/** Where the lower head lies, or the upper one after a turn the other way: nothing else is compared. */
function comparedBox({ before, slice, middle }: Heads, c: number, s: number): Box {
  const [middleX, middleY] = middle;
  const xs: number[] = [before.left, before.right];
  const ys: number[] = [before.front, before.back];
  // Interpolation reaches a cell farther.
  for (const fromX of [slice.left - 1, slice.right + 1]) {
    for (const fromY of [slice.front - 1, slice.back + 1]) {
      xs.push(middleX + c * (fromX - middleX) + s * (fromY - middleY));
      ys.push(middleY - s * (fromX - middleX) + c * (fromY - middleY));
    }
  }
  return {
    left: floor(min(...xs)),
    right: ceil(max(...xs)),
    front: floor(min(...ys)),
    back: ceil(max(...ys)),
  };
}

type Point = readonly [x: number, y: number];

/** Middle of the head's cells. */
function middleOf(slice: Float32Array, width: number): Point {
  let [sumX, sumY, count] = [0, 0, 0];
  for (let cell = 0; cell < slice.length; cell++) {
    if (slice[cell] > HEAD_HU) {
      sumX += cell % width;
      sumY += floor(cell / width);
      count++;
    }
  }
  return [sumX / count, sumY / count];
}

/**
 * `difference` to a slice turned about a point, interpolated between cells; where that has no pixels nothing
 * is compared.
 */
function differenceTurned(
  before: Float32Array,
  slice: Float32Array,
  width: number,
  heads: Heads,
  deg: number
): number {
  const [c, s] = [cos((deg * PI) / 180), sin((deg * PI) / 180)];
  const [middleX, middleY] = heads.middle;
  const height = slice.length / width;
  const { left, right, front, back } = comparedBox(heads, c, s);
  const acrossX = new Float64Array(width);
  const acrossY = new Float64Array(width);
  for (let x = 0; x < width; x++) {
    acrossX[x] = middleX + c * (x - middleX);
    acrossY[x] = middleY + s * (x - middleX);
  }
  let sum = 0;
  let count = 0;
  for (let y = max(0, front); y <= min(height - 1, back); y++) {
    const alongX = s * (y - middleY);
    const alongY = c * (y - middleY);
    for (let x = max(0, left), cell = y * width + x; x <= min(width - 1, right); x++, cell++) {
      const fromX = acrossX[x] - alongX;
      const fromY = acrossY[x] + alongY;
      if (fromX >= 0 && fromY >= 0 && fromX < width - 1 && fromY < height - 1) {
        // Rounded down, since neither is negative.
        const column = fromX | 0;
        const row = fromY | 0;
        const partX = fromX - column;
        const partY = fromY - row;
        const at = row * width + column;
        const hu = fround(
          (1 - partY) * ((1 - partX) * slice[at] + partX * slice[at + 1]) +
            partY * ((1 - partX) * slice[at + width] + partX * slice[at + width + 1])
        );
        if (before[cell] > HEAD_HU || hu > HEAD_HU) {
          const distance = cellDifference(before[cell], hu);
          if (distance >= 0) {
            sum += distance;
            count++;
          }
        }
      }
    }
  }
  return count ? sum / count : 0;
}
