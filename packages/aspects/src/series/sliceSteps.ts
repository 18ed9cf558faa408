import { inPlaneTurn } from './inPlaneTurn';
import { cellDifference, cellsBetween, difference, HEAD_HU, LEAST_DIFFERENCE_HU } from './previewDifference';
import { PREVIEW_CELL_CM2, type SlicePreviews } from './slicePreviews';
import { median } from './statistics';

// Bound once for the loops over cells: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
const { abs, max, min } = Math;

/** Slices farther apart than this are not compared, mm. */
const COMPARED_MM = 45;
/** Attenuation of soft tissue, and of brain that is 40 HU too dark or too bright, HU. */
const SOFT_HU: readonly [number, number] = [-60, 110];
const LEAST_SOFT_CM2 = 30;
/**
 * Limits; in brackets what sound scans reach at most: two real heads and 52 simulated ones at 1.3 to 7 mm,
 * the same with every second, third and fourth slice.
 *
 * Brain inside brain is as bright in the next slice, HU (12, and 20 at 28 mm: it brightens towards the
 * vertex), or its cells differ by themselves (2 median deviations; 1.8 where the shift exceeds the limit).
 */
const OFFSET_HU = 12;
/** A smaller step may be the scanner's, and changes a volume all the same. */
const DOUBTFUL_OFFSET_HU = 7;
/** Nearer to the vertex, brain brightens by as much in real scans. */
const DOUBTFUL_CM2 = 60;
const OFFSET_HU_PER_MM = 1.35;
const OFFSET_SPREADS = 2;
/**
 * The next slice fits as it lies: mirrored or turned by half it differs by at least this part of what it
 * differs by now (0.84).
 */
const TURNED_FITS = 0.75;
/**
 * How much more a slice differs from the next than the pairs before and after do (1.36): a patient's
 * movement, or another picture.
 */
const STEP = 1.75;
const GREATEST_STEP = 2.5;
/** Pairs of thin slices differ by less, and then so does a small movement; HU. */
const LEAST_PAIR_HU = 12;

export interface Misfit {
  /** What is wrong, for a sentence. */
  readonly reason: string;
  /** Greater where it is more certain which slice is wrong. */
  readonly severity: number;
}

export interface SliceSteps {
  readonly misfits: readonly (Misfit & { readonly index: number })[];
  /** Difference of each slice to the next, HU. */
  readonly apart: readonly number[];
  /** Slices that do not go on from the one below, though they may be the same head. */
  readonly unlike: readonly number[];
  /** Slices whose tissue is a little brighter or darker than in the one below. */
  readonly uneven: readonly number[];
  /** Slices from which on the head is turned in the plane, and by how much. */
  readonly turns: readonly { readonly index: number; readonly deg: number }[];
}

/**
 * Faults that begin at one slice and go on: a part of the stack mirrored, shifted, scaled, of another head,
 * or of another offset. Its slices fit each other, and the one before the first of them does not. Yields
 * after each pair.
 *
 * @param first the lowest slice that is compared
 * @param roundingHu by which coarse steps of the stored values may shift one slice against the next
 */
export function* findSteps(
  { slices, hasMetal, width }: SlicePreviews,
  planeOffsetsMm: readonly number[],
  { first, roundingHu }: { readonly first: number; readonly roundingHu: number }
): Generator<void, SliceSteps> {
  const misfits: (Misfit & { readonly index: number })[] = [];
  const uneven: number[] = [];
  const turns: { readonly index: number; readonly deg: number }[] = [];
  const pairs: { readonly apart: number; readonly isCompared: boolean }[] = [];
  for (let i = 1; i < slices.length; i++) {
    const [before, slice] = [slices[i - 1], slices[i]];
    const distanceMm = planeOffsetsMm[i] - planeOffsetsMm[i - 1];
    const apart = difference(before, slice);
    const isCompared = i > first && distanceMm <= COMPARED_MM && (showsTissue(before) || showsTissue(slice));
    pairs.push({ apart, isCompared });
    if (isCompared) {
      // A part that is missing lies elsewhere once a slice is turned.
      const isWhole = !hasMetal[i - 1] && !hasMetal[i];
      const deg = isWhole ? inPlaneTurn(before, slice, width) : 0;
      turns.push(...(deg === 0 ? [] : [{ index: i, deg }]));
      const turned = isWhole ? turnedMisfit(before, slice, width, apart) : undefined;
      const { offset, areaCm2, isOverall } = offsetStep(before, slice, width);
      if (turned) {
        misfits.push({ index: i, ...turned });
      } else if (isOverall && abs(offset) > max(OFFSET_HU, OFFSET_HU_PER_MM * distanceMm) + roundingHu) {
        const reason = `soft tissue differs by ${offset.toFixed(0)} HU from the slice below`;
        misfits.push({ index: i, severity: abs(offset) / OFFSET_HU, reason });
      } else if (
        isOverall &&
        areaCm2 >= DOUBTFUL_CM2 &&
        abs(offset) > max(DOUBTFUL_OFFSET_HU, OFFSET_HU_PER_MM * distanceMm) + roundingHu
      ) {
        uneven.push(i);
      }
    }
    yield;
  }
  const unlike: number[] = [];
  pairs.forEach(({ apart, isCompared }, pair) => {
    const [below, above] = [pairs[pair - 1]?.apart, pairs[pair + 1]?.apart];
    const isAmid = isCompared && below !== undefined && above !== undefined;
    const step = isAmid ? apart / max(LEAST_PAIR_HU, below, above) : 0;
    if (step >= GREATEST_STEP) {
      misfits.push({ index: pair + 1, severity: 1, reason: 'it does not continue the slice below' });
    } else if (step >= STEP) {
      unlike.push(pair + 1);
    }
  });
  return { misfits, apart: pairs.map(({ apart }) => apart), unlike, uneven, turns };
}

function showsTissue(slice: Float32Array): boolean {
  return cellsBetween(slice, SOFT_HU[0], SOFT_HU[1]) * PREVIEW_CELL_CM2 >= LEAST_SOFT_CM2;
}

function turnedMisfit(
  before: Float32Array,
  slice: Float32Array,
  width: number,
  apart: number
): Misfit | undefined {
  if (apart < LEAST_DIFFERENCE_HU) {
    return undefined;
  }
  const covered = coveredCells(slice, width);
  const least = min(
    differenceFlipped(before, slice, width, covered, { columns: true, rows: false }),
    differenceFlipped(before, slice, width, covered, { columns: false, rows: true }),
    differenceFlipped(before, slice, width, covered, { columns: true, rows: true })
  );
  return least < TURNED_FITS * apart
    ? { severity: 3, reason: 'it fits the slice below when mirrored or rotated by 180 degrees' }
    : undefined;
}

/** The first and the last column and row in which a slice has pixels. */
interface Covered {
  readonly left: number;
  readonly right: number;
  readonly front: number;
  readonly back: number;
}

function coveredCells(slice: Float32Array, width: number): Covered {
  const height = slice.length / width;
  let [left, right, front, back] = [Infinity, -1, Infinity, -1];
  for (let y = 0, cell = 0; y < height; y++) {
    for (let x = 0; x < width; x++, cell++) {
      if (!Number.isNaN(slice[cell])) {
        left = min(left, x);
        right = max(right, x);
        front = min(front, y);
        back = y;
      }
    }
  }
  return { left, right, front, back };
}

/** `difference` to a slice that is mirrored about the middle of what it covers. */
function differenceFlipped(
  before: Float32Array,
  slice: Float32Array,
  width: number,
  { left, right, front, back }: Covered,
  { columns, rows }: { readonly columns: boolean; readonly rows: boolean }
): number {
  let sum = 0;
  let count = 0;
  for (let y = front; y <= back; y++) {
    const fromY = rows ? front + back - y : y;
    for (let x = left; x <= right; x++) {
      const a = before[y * width + x];
      const b = slice[fromY * width + (columns ? left + right - x : x)];
      if (a > HEAD_HU || b > HEAD_HU) {
        const distance = cellDifference(a, b);
        if (distance >= 0) {
          sum += distance;
          count++;
        }
      }
    }
  }
  return count ? sum / count : 0;
}

/**
 * How much brighter soft tissue amid soft tissue is than in the slice before, HU, so that no edge of bone
 * or air counts.
 */
function offsetStep(
  before: Float32Array,
  slice: Float32Array,
  width: number
): { readonly offset: number; readonly areaCm2: number; readonly isOverall: boolean } {
  const differences: number[] = [];
  for (let cell = width; cell < slice.length - width; cell++) {
    if (isAmidSoft(before, cell, width) && isAmidSoft(slice, cell, width)) {
      differences.push(slice[cell] - before[cell]);
    }
  }
  const offset = median(differences);
  const spread = median(differences.map(value => abs(value - offset)));
  const areaCm2 = differences.length * PREVIEW_CELL_CM2;
  const isOverall = areaCm2 >= LEAST_SOFT_CM2 && abs(offset) > OFFSET_SPREADS * spread;
  return { offset, areaCm2, isOverall };
}

/** Whether a cell that is in neither the first nor the last row is soft tissue, and so are its neighbours. */
function isAmidSoft(preview: Float32Array, cell: number, width: number): boolean {
  return (
    isSoft(preview[cell]) &&
    isSoft(preview[cell + 1]) &&
    isSoft(preview[cell - 1]) &&
    isSoft(preview[cell + width]) &&
    isSoft(preview[cell - width])
  );
}

function isSoft(hu: number): boolean {
  return hu > SOFT_HU[0] && hu < SOFT_HU[1];
}
