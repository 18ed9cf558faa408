import type { HeadCtSeries } from '../../series/headCtSeries';
import { PADDING_HU } from '../../series/storedValuesToHu';
import type { PixelBox } from './brainLookup';

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

/**
 * 1 for each pixel of a slice that holds no data: padding, and blocks of one value amid noise; right within
 * the box alone, whatever goes on beyond it.
 */
export function lostPixels(
  hu: Int16Array,
  { rows, columns, pixelSpacingMm }: Pick<HeadCtSeries, 'rows' | 'columns' | 'pixelSpacingMm'>,
  box: PixelBox
): Uint8Array {
  const lost = new Uint8Array(hu.length);
  if (equalShare(hu, columns) <= GREATEST_EQUAL_SHARE) {
    markRuns(hu, lost, {
      lines: box.rows,
      within: box.columns,
      length: columns,
      step: 1,
      lineStep: columns,
      pixelMm: pixelSpacingMm[1],
    });
    markRuns(hu, lost, {
      lines: box.columns,
      within: box.rows,
      length: rows,
      step: columns,
      lineStep: 1,
      pixelMm: pixelSpacingMm[0],
    });
  }
  for (let row = box.rows[0]; row <= box.rows[1]; row++) {
    for (let i = row * columns + box.columns[0]; i <= row * columns + box.columns[1]; i++) {
      lost[i] = lost[i] >= 2 || hu[i] === PADDING_HU ? 1 : 0;
    }
  }
  return lost;
}

/** Of the pixels of soft tissue, those that equal the one before; some rows tell as much as all. */
function equalShare(hu: Int16Array, columns: number): number {
  let soft = 0;
  let equal = 0;
  for (let start = 0; start < hu.length; start += SAMPLED_ROWS * columns) {
    for (let i = start + 1; i < start + columns; i++) {
      const value = hu[i];
      if (value > 0 && value < SOFT_HU) {
        soft++;
        equal += value === hu[i - 1] ? 1 : 0;
      }
    }
  }
  return soft ? equal / soft : 1;
}

interface Lines {
  /** The first and the last that count, and within each of them the first and the last pixel. */
  readonly lines: readonly [number, number];
  readonly within: readonly [number, number];
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
  { lines, within, length, step, lineStep, pixelMm }: Lines
): void {
  const [least, enough] = [Math.ceil(FLAT_MM / pixelMm), Math.ceil(LINE_MM / pixelMm)];
  // Whether a run is long enough shows so far from those that count.
  const [first, end] = [Math.max(0, within[0] - enough), Math.min(length, within[1] + 1 + enough)];
  for (let line = lines[0]; line <= lines[1]; line++) {
    const start = line * lineStep;
    for (let from = first; from + least <= end;) {
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
      while (to < end && hu[start + to * step] === value) {
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
