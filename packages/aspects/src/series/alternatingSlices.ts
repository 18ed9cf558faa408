import { PREVIEW_CELL_CM2, type SlicePreviews } from './slicePreviews';

// Bound once for the loops over cells: a lookup of a global is slow where a sandbox stands behind it.
const { cos, max, PI, sin, sqrt } = Math;

/** Slices that are looked at together. */
const WINDOW = 8;
/** Attenuation of brain in a cell in all slices of a window, HU. */
const BRAIN_HU: readonly [number, number] = [0, 80];
/** Variation from slice to slice is compared with the one that repeats every three to four slices. */
const SLOWER_CYCLES = 0.3;
/** Standard deviations of that ratio that noise alone would have to exceed, and the least excess. */
const DEVIATIONS = 5;
const LEAST_EXCESS = 0.15;
/** Less brain than this in all windows together tells nothing, cm2. */
const LEAST_WINDOWS_CM2 = 250;

const STEPS = Array.from({ length: WINDOW }, (_, i) => i - (WINDOW - 1) / 2);
const SQUARES = STEPS.reduce((sum, step) => sum + step ** 2, 0);
const SLOWER_COS = STEPS.map((_, i) => cos(2 * PI * SLOWER_CYCLES * i));
const SLOWER_SIN = STEPS.map((_, i) => sin(2 * PI * SLOWER_CYCLES * i));

interface Power {
  alternating: number;
  slower: number;
  cells: number;
}

/**
 * Whether every second slice belongs to another scan: then brain varies more from slice to slice than over
 * three or four, in all of it or in one quarter (a lesion that only one of the scans has). In one scan it
 * never does, whatever it shows: tissue changes slowly along the stack, noise at all rates alike. (Two real
 * heads and 54 simulated ones reach 0.9; a mix of two scans 1.1 to 1.4.) Yields after each window.
 *
 * @param roundingHu by which coarse steps of the stored values may shift cells of one slice against the next
 */
export function* findAlternation(
  { slices, width }: SlicePreviews,
  roundingHu: number
): Generator<void, boolean> {
  const weights = slices.slice(0, WINDOW).map((_, i) => sin((PI * (i + 0.5)) / WINDOW) ** 2);
  const quarters = Array.from({ length: 4 }, (): Power => ({ alternating: 0, slower: 0, cells: 0 }));
  const values = new Float64Array(WINDOW);
  const cellCount = slices[0].length;
  for (let first = 0; first + WINDOW <= slices.length; first++) {
    for (let cell = 0; cell < cellCount; cell++) {
      if (holdsBrain(slices, first, cell, values)) {
        const isRight = cell % width < width / 2;
        const isFront = cell < cellCount / 2;
        addPower(values, weights, quarters[(isRight ? 0 : 1) + (isFront ? 0 : 2)]);
      }
    }
    yield;
  }
  const whole = quarters.reduce((sum, { alternating, slower, cells }) => ({
    alternating: sum.alternating + alternating,
    slower: sum.slower + slower,
    cells: sum.cells + cells,
  }));
  // At worst all cells are rounded up in one slice and down in the next.
  const rounding = ((roundingHu / 2) * weights.reduce((sum, weight) => sum + weight, 0)) ** 2;
  return [whole, ...quarters].some(power => exceedsNoise(power, rounding));
}

/** Whether a cell shows brain in all slices of a window; then `values` are its attenuations. */
function holdsBrain(
  slices: readonly Float32Array[],
  first: number,
  cell: number,
  values: Float64Array
): boolean {
  for (let i = 0; i < WINDOW; i++) {
    const hu = slices[first + i][cell];
    if (!(hu > BRAIN_HU[0] && hu < BRAIN_HU[1])) {
      return false;
    }
    values[i] = hu;
  }
  return true;
}

/** Adds the powers at the highest and at a lower frequency, after mean and slope are taken out. */
function addPower(values: Float64Array, weights: readonly number[], sums: Power): void {
  let sum = 0;
  let slope = 0;
  for (let i = 0; i < WINDOW; i++) {
    sum += values[i];
    slope += STEPS[i] * values[i];
  }
  let alternating = 0;
  let real = 0;
  let imaginary = 0;
  for (let i = 0; i < WINDOW; i++) {
    const value = weights[i] * (values[i] - sum / WINDOW - (slope / SQUARES) * STEPS[i]);
    alternating += i % 2 ? -value : value;
    real += value * SLOWER_COS[i];
    imaginary += value * SLOWER_SIN[i];
  }
  sums.alternating += alternating ** 2;
  sums.slower += real ** 2 + imaginary ** 2;
  sums.cells++;
}

/** Tapered windows overlap, so that a quarter of them count; their ratio has a relative variance of 3. */
function exceedsNoise({ alternating, slower, cells }: Power, rounding: number): boolean {
  const excess = max(LEAST_EXCESS, DEVIATIONS * sqrt((3 * 4) / cells));
  return (
    cells * PREVIEW_CELL_CM2 >= LEAST_WINDOWS_CM2 && alternating > (1 + excess) * slower + rounding * cells
  );
}
