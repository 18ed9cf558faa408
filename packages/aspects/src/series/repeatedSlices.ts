import type { QualityWarning } from './headCtSeries';
import { Refusal } from '../base/refusal';
import type { PlacedSlices } from './slicePreviews';

// Bound once for the loop over pixels: a lookup of a global is slow where a sandbox stands behind it.
const { imul } = Math;

/** Copies nearer to each other than this show one plane twice, mm. */
const SAME_PLANE_MM = 1;
/** More copies than this, of all slices, and the series does not show the head. */
const MOST_COPIES_SHARE = 0.1;
const MOST_COPIES = 1;
/** Slices are compared pixel by pixel only where every so many rows say that they may be equal. */
const SAMPLED_ROWS = 4;
/** A slice with fewer pixels of soft tissue than this in these rows has no content to repeat. */
const LEAST_SOFT_PIXELS = 125;
/**
 * Noise makes neighbouring pixels of soft tissue differ (equal in a tenth to a third); drawn images may
 * repeat by nature.
 */
const DRAWN_SHARE = 0.6;
const SOFT_HU = 200;

export interface Repetition {
  /** Indices of slices to be left out: copies of the slice below in the same plane. */
  readonly surplus: readonly number[];
  readonly warning?: QualityWarning;
}

/**
 * Slices whose pixels are those of another slice, to the last bit: with their noise two slices never are. A
 * copy in the same plane is surplus; one copy next to its original stays, since nobody knows which of the two
 * is in its place; others are refused. Yields after each slice.
 *
 * @throws Refusal HETEROGENEOUS_SLICES naming the copies.
 */
export function* findRepetition({
  slices,
  columns,
  planeOffsetsMm,
}: PlacedSlices): Generator<void, Repetition> {
  const firstOf = new Map<string, number[]>();
  const surplus: number[] = [];
  const copies: number[] = [];
  let farther = false;
  const areEqual = (i: number, j: number): boolean =>
    slices[i].hu.every((value, pixel) => value === slices[j].hu[pixel]);
  for (let i = 0, kept = -1; i < slices.length; i++) {
    yield;
    if (kept >= 0 && planeOffsetsMm[i] - planeOffsetsMm[kept] < SAME_PLANE_MM && areEqual(i, kept)) {
      surplus.push(i);
      continue;
    }
    const key = sliceKey(slices[i].hu, columns);
    const alike = key === undefined ? [] : (firstOf.get(key) ?? []);
    const original = alike.find(j => areEqual(i, j));
    if (original !== undefined) {
      copies.push(i);
      farther ||= original !== kept;
    } else if (key !== undefined) {
      firstOf.set(key, [...alike, i]);
    }
    kept = i;
  }
  if (farther || copies.length > Math.max(MOST_COPIES, MOST_COPIES_SHARE * slices.length)) {
    throw new Refusal(
      'HETEROGENEOUS_SLICES',
      `${copies.length} of ${slices.length} slices are copies of other slices. Have the series sent again from the scanner.`,
      { slices: copies.map(i => slices[i].sopInstanceUID) }
    );
  }
  return { surplus, warning: warningOf(surplus.length, copies.length) };
}

function warningOf(surplus: number, copies: number): QualityWarning | undefined {
  const parts = [
    surplus ? `${surplus} images show a plane again and were left out` : '',
    copies
      ? `${copies} slices are copies of the slice below, so that what belongs in their place is missing`
      : '',
  ].filter(Boolean);
  return parts.length
    ? { code: 'REPEATED_SLICES', message: `Images are repeated: ${parts.join('; ')}.` }
    : undefined;
}

/** Equal for equal slices, and hardly ever for others; undefined for air and for images without noise. */
function sliceKey(hu: Int16Array, columns: number): string | undefined {
  let [sum, weighted, soft, equal] = [0, 0, 0, 0];
  for (let start = 0; start < hu.length; start += SAMPLED_ROWS * columns) {
    let before = hu[start - 1];
    for (let i = start; i < start + columns; i++) {
      const value = hu[i];
      sum += value;
      weighted = (imul(weighted, 31) + value) | 0;
      if (value > -SOFT_HU && value < SOFT_HU) {
        soft++;
        equal += value === before ? 1 : 0;
      }
      before = value;
    }
  }
  const hasNoise = equal < DRAWN_SHARE * soft;
  return hasNoise && soft >= LEAST_SOFT_PIXELS ? `${sum}/${weighted}` : undefined;
}
