import type { SummaryImage } from './renderSummary';
import type { SummaryCaption } from './summaryCaption';

/** Height of a page in its widths: A4 without margins of 10 mm. */
const PAGE_RATIO = 277 / 190;
/** Space above a heading that belongs to it, pixels. */
const ABOVE_HEADING = 8;

/** A part of a summary that is printed on one page. */
export interface SummaryPage {
  /** Rows of the summary, pixels. */
  readonly top: number;
  readonly height: number;
  /** Its words, placed within the page. */
  readonly captions: readonly SummaryCaption[];
}

/**
 * The summary as pages, cut between levels and never through a picture; a part longer than a page is a
 * page of its own.
 */
export function summaryPages({ width, height, sections, captions }: SummaryImage): SummaryPage[] {
  const tops = sections.map(({ heading }) => heading.y - ABOVE_HEADING);
  const ends = [...tops, height];
  const cuts: number[] = [];
  let top = 0;
  ends.forEach((end, index) => {
    const before = ends[index - 1] ?? 0;
    if (end - top > width * PAGE_RATIO && before > top) {
      cuts.push(before);
      top = before;
    }
  });
  return [0, ...cuts].map((from, index) => {
    const to = cuts[index] ?? height;
    return {
      top: from,
      height: to - from,
      captions: captions
        .filter(({ y }) => y >= from && y < to)
        .map(caption => ({ ...caption, y: caption.y - from })),
    };
  });
}
