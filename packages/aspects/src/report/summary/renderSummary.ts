import { REPORT_WORDS, type ReportWords } from '../text/reportWords';
import type { SummaryCaption } from './summaryCaption';
import { summaryCaptions, titleCaptions } from './summaryCaptions';
import type { SummaryInput } from './summaryInput';
import { layOutSummary, TILE, type SummaryLayout } from './summaryLayout';
import { schematic, type SummaryShape } from './summarySchematic';
import { sliceSections } from './summarySlices';
import { regionTable } from './summaryTable';
import { summaryTitle } from './summaryTitle';
import { sliceOutlines } from './sliceOutlines';
import { drawOverlay, drawSlice, tileGrid, type Tile } from './slicePictures';

/** A summary image before encoding. */
export interface SummaryImage extends Pick<SummaryLayout, 'width' | 'height' | 'sections'> {
  /** RGBA, row-major. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  /** The drawing of both levels and the outlines on the slices, over the pixels. */
  readonly shapes: readonly SummaryShape[];
  /** Words to be drawn on top. */
  readonly captions: readonly SummaryCaption[];
  /** Those of them that say whose it is, what came out, and what it is for. */
  readonly title: readonly SummaryCaption[];
}

/**
 * The result on one picture: who, when and what under a wrapped title, the drawing of both levels, the table
 * of regions, and the slices of both levels, each as it is and with outlines below. Radiological view:
 * patient's right on the left. Throws RangeError where the slices have no pixels any more.
 */
export function renderSummary(input: SummaryInput): SummaryImage {
  const { series, result } = input;
  const words: ReportWords = { ...REPORT_WORDS[input.language], ...input.words };
  const uids = series.slices.map(slice => slice.sopInstanceUID);
  const lines = summaryTitle(input, words);
  const layout = layOutSummary(lines.length, sliceSections(result, uids, input.infarct));
  const { width, height, sections } = layout;
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let alpha = 3; alpha < rgba.length; alpha += 4) {
    rgba[alpha] = 255;
  }
  const grid = tileGrid(input);
  const outlines = sections
    .flatMap(({ placed }) => placed)
    .map(({ slice, bare, outlined }) => {
      const grey = drawSlice(series, slice, grid);
      place(rgba, width, grey, bare);
      place(rgba, width, drawOverlay(grey, input, slice, grid), outlined);
      return sliceOutlines(input, slice, grid, outlined);
    });
  const title = titleCaptions(lines, layout);
  const drawing = schematic(result, words, layout.schematic);
  return {
    width,
    height,
    sections,
    rgba,
    shapes: [...drawing.shapes, ...outlines.flatMap(({ shapes }) => shapes)],
    title: title.map(withoutControls),
    captions: [
      ...title,
      ...summaryCaptions(input, words, layout),
      ...drawing.captions,
      ...regionTable(result, words, layout.table),
      ...outlines.flatMap(({ captions }) => captions),
    ].map(withoutControls),
  };
}

/** Control characters of names in the wild: a canvas draws boxes for them. */
function withoutControls(caption: SummaryCaption): SummaryCaption {
  return { ...caption, text: caption.text.replace(/\p{Cc}+/gu, ' ') };
}

function place(rgba: Uint8ClampedArray, width: number, tile: Tile, { x, y }: { x: number; y: number }): void {
  for (let row = 0; row < TILE; row++) {
    rgba.set(tile.subarray(row * TILE * 4, (row + 1) * TILE * 4), ((y + row) * width + x) * 4);
  }
}
