import type { SummaryImage } from './renderSummary';
import type { SummaryCaption } from './summaryCaption';
import { TITLE_LINE_PX } from './summaryLayout';

/** Height of a page in its widths: A4 without margins of 10 mm. */
const PAGE_RATIO = 277 / 190;
/** Space above a heading that belongs to it, pixels. */
const ABOVE_HEADING = 8;

/** A part of a summary that is printed on one page. */
export interface SummaryPage {
  /** First of its rows of the summary, and how many they are, pixels; they stand below the page's head. */
  readonly top: number;
  readonly rows: number;
  /** Of the whole page, pixels. */
  readonly height: number;
  /** The summary's title once more, on all pages but the first: a sheet of paper gets lost from its stack. */
  readonly head: readonly SummaryCaption[];
  /** All its words, placed within the page. */
  readonly captions: readonly SummaryCaption[];
}

/**
 * The summary as pages, cut between levels and never through a picture; a part longer than a page is a
 * page of its own. Every page says whose it is, what came out, and what it is for.
 */
export function summaryPages({ width, height, sections, captions, title }: SummaryImage): SummaryPage[] {
  const headHeight = Math.max(0, ...title.map(({ y }) => y)) + TITLE_LINE_PX;
  const tops = sections.map(({ heading }) => heading.y - ABOVE_HEADING);
  const ends = [...tops, height];
  const cuts: number[] = [];
  let top = 0;
  ends.forEach((end, index) => {
    const before = ends[index - 1] ?? 0;
    const head = top > 0 ? headHeight : 0;
    if (head + end - top > width * PAGE_RATIO && before > top) {
      cuts.push(before);
      top = before;
    }
  });
  return [0, ...cuts].map((from, index) => {
    const to = cuts[index] ?? height;
    const head = index > 0 ? title : [];
    const above = index > 0 ? headHeight : 0;
    const own = captions
      .filter(({ y }) => y >= from && y < to)
      .map(caption => ({ ...caption, y: caption.y - from + above }));
    return { top: from, rows: to - from, height: above + to - from, head, captions: [...head, ...own] };
  });
}
