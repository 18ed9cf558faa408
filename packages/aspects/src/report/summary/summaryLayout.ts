import type { SliceSection } from './summarySlices';

/** Side of a picture of a slice, pixels. */
export const TILE = 320;
const GAP = 8;
const CAPTION_HEIGHT = 24;
const HEADING_HEIGHT = 34;
const TILES_PER_ROW = 4;
const MARGIN = 10;

const SUMMARY_WIDTH = TILES_PER_ROW * (TILE + GAP) + GAP;
/** Width that the title may take. */
export const TITLE_WIDTH = SUMMARY_WIDTH - 2 * MARGIN;
export const TITLE_LINE_PX = 26;
/** Height of drawing and table together. */
const OVERVIEW_HEIGHT = 312;
/** Where the table begins: the drawing of both levels is to its left. */
const TABLE_X = 500;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** A slice's place: its name, the bare picture below, the one with outlines below that. */
export interface PlacedSlice {
  readonly slice: number;
  readonly caption: Place;
  readonly bare: Place;
  readonly outlined: Place;
}

export interface PlacedSection extends SliceSection {
  readonly heading: Place;
  readonly placed: readonly PlacedSlice[];
}

/** Where everything on a summary stands; upper left corners, pixels. */
export interface SummaryLayout {
  readonly width: number;
  readonly height: number;
  readonly title: Place;
  readonly schematic: Place;
  readonly table: Place;
  readonly sections: readonly PlacedSection[];
}

/** @param titleLines Number of lines of the title. */
export function layOutSummary(titleLines: number, sections: readonly SliceSection[]): SummaryLayout {
  const overview = MARGIN + titleLines * TITLE_LINE_PX + MARGIN;
  let y = overview + OVERVIEW_HEIGHT;
  const placed = sections.map((section): PlacedSection => {
    const heading = { x: MARGIN, y: y + 8 };
    y += HEADING_HEIGHT;
    const top = y;
    y += Math.ceil(section.slices.length / TILES_PER_ROW) * (CAPTION_HEIGHT + 2 * (TILE + GAP));
    return { ...section, heading, placed: section.slices.map((slice, i) => placedSlice(slice, i, top)) };
  });
  return {
    width: SUMMARY_WIDTH,
    height: y,
    title: { x: MARGIN, y: MARGIN },
    schematic: { x: MARGIN, y: overview },
    table: { x: TABLE_X, y: overview },
    sections: placed,
  };
}

function placedSlice(slice: number, index: number, top: number): PlacedSlice {
  const x = GAP + (index % TILES_PER_ROW) * (TILE + GAP);
  const row = Math.floor(index / TILES_PER_ROW) * (CAPTION_HEIGHT + 2 * (TILE + GAP));
  const caption = { x, y: top + row };
  const bare = { x, y: caption.y + CAPTION_HEIGHT };
  return { slice, caption, bare, outlined: { x, y: bare.y + TILE + GAP } };
}
