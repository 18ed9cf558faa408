import type { HeadCtSeries } from '../../series/headCtSeries';
import { PADDING_HU } from '../../series/storedValuesToHu';

/**
 * Pixels that are equal over this length along their row and their column are no tissue, which has noise; mm.
 */
const FLAT_MM = 8;
/**
 * Over this length one direction is enough, since lines are lost singly; but not of bone, which a scale
 * may cut off; mm.
 */
const LINE_MM = 25;
const BONE_HU = 200;
/**
 * Images without noise, and coarsely rounded ones, have equal neighbours by nature (a tenth to a
 * third in scans).
 */
const GREATEST_EQUAL_SHARE = 0.4;
const SOFT_HU = 100;
const SAMPLED_ROWS = 3;

/** 1 for each pixel of a slice that holds no data: padding, and blocks of one value amid noise. */
export function lostPixels(
  hu: Int16Array,
  { rows, columns, pixelSpacingMm }: Pick<HeadCtSeries, 'rows' | 'columns' | 'pixelSpacingMm'>
): Uint8Array {
  const lost = new Uint8Array(hu.length);
  if (equalShare(hu, columns) <= GREATEST_EQUAL_SHARE) {
    const along = { lines: rows, length: columns, step: 1, lineStep: columns, pixelMm: pixelSpacingMm[1] };
    const across = { lines: columns, length: rows, step: columns, lineStep: 1, pixelMm: pixelSpacingMm[0] };
    markRuns(hu, lost, along);
    markRuns(hu, lost, across);
  }
  for (let i = 0; i < hu.length; i++) {
    lost[i] = lost[i] >= 2 || hu[i] === PADDING_HU ? 1 : 0;
  }
  return lost;
}

/** Of the pixels of soft tissue, those that equal the one before; some rows tell as much as all. */
function equalShare(hu: Int16Array, columns: number): number {
  let [soft, equal] = [0, 0];
  for (let start = 0; start < hu.length; start += SAMPLED_ROWS * columns) {
    for (let i = start + 1; i < start + columns; i++) {
      if (hu[i] > 0 && hu[i] < SOFT_HU) {
        soft++;
        equal += hu[i] === hu[i - 1] ? 1 : 0;
      }
    }
  }
  return soft ? equal / soft : 1;
}

interface Lines {
  readonly lines: number;
  readonly length: number;
  /** From pixel to pixel, and from line to line. */
  readonly step: number;
  readonly lineStep: number;
  readonly pixelMm: number;
}

/** Adds 1 to every pixel of a run of equal ones in a line, 2 where the run is enough by itself. */
function markRuns(
  hu: Int16Array,
  marks: Uint8Array,
  { lines, length, step, lineStep, pixelMm }: Lines
): void {
  const [least, enough] = [Math.ceil(FLAT_MM / pixelMm), Math.ceil(LINE_MM / pixelMm)];
  for (let line = 0; line < lines; line++) {
    const start = line * lineStep;
    for (let from = 0; from + least <= length;) {
      const value = hu[start + from * step];
      // From its far end on, a run that is too short ends at the first look in most places.
      let other = from + least - 1;
      while (other > from && hu[start + other * step] === value) {
        other--;
      }
      if (other > from) {
        from = firstOfRun(hu, { start, step }, other);
        continue;
      }
      let to = from + least;
      while (to < length && hu[start + to * step] === value) {
        to++;
      }
      const mark = to - from >= enough && value < BONE_HU ? 2 : 1;
      for (let k = from; k < to; k++) {
        marks[start + k * step] += mark;
      }
      from = to;
    }
  }
}

/** The first pixel of the equal ones that end at `last`; another pixel lies before it in its line. */
function firstOfRun(
  hu: Int16Array,
  { start, step }: { readonly start: number; readonly step: number },
  last: number
): number {
  let first = last;
  while (hu[start + (first - 1) * step] === hu[start + last * step]) {
    first--;
  }
  return first;
}
