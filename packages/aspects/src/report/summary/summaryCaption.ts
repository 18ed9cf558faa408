import type { Rgb } from '../drawing/readingColours';

/**
 * Words on a summary; `x`, `y` is the upper left corner (right or middle as `align` says), pixels.
 */
export interface SummaryCaption {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly sizePx: number;
  readonly align: 'left' | 'right' | 'center';
  /** White where it is left out. */
  readonly colour?: Rgb;
}

/** Words that begin at a place. */
export function wordsAt(x: number, y: number, text: string, sizePx: number): SummaryCaption {
  return { text, x, y, sizePx, align: 'left' };
}
