import { REPORT_WORDS, type ReportWords } from '../text/reportWords';
import type { SheetCaption } from './sheetCaption';
import { sheetCaptions } from './sheetCaptions';
import type { SheetInput } from './sheetInput';
import { layOutSheet, TILE, type SheetLayout } from './sheetLayout';
import { schematic, type SheetShape } from './sheetSchematic';
import { sliceSections } from './sheetSlices';
import { regionTable } from './sheetTable';
import { sheetTitle } from './sheetTitle';
import { drawOverlay, drawSlice, pixelsOfTile, type Tile } from './slicePictures';

/** A picture sheet before encoding. */
export interface PictureSheet extends Pick<SheetLayout, 'width' | 'height' | 'sections'> {
  /** RGBA, row-major. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  /** The drawing of both levels, over the pixels. */
  readonly shapes: readonly SheetShape[];
  /** Words to be drawn on top. */
  readonly captions: readonly SheetCaption[];
}

/**
 * The result on one picture: who, when and what under a wrapped title, the drawing of both levels, the table
 * of regions, and the slices of both levels, each as it is and with outlines below. Radiological view:
 * patient's right on the left. Throws RangeError where the slices have no pixels any more.
 */
export function renderSheet(input: SheetInput): PictureSheet {
  const { series, result } = input;
  const words: ReportWords = { ...REPORT_WORDS[input.language], ...input.words };
  const uids = series.slices.map(slice => slice.sopInstanceUID);
  const title = sheetTitle(input, words);
  const layout = layOutSheet(title.length, sliceSections(result, uids, input.infarct));
  const { width, height, sections } = layout;
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let alpha = 3; alpha < rgba.length; alpha += 4) {
    rgba[alpha] = 255;
  }
  const pixelOf = pixelsOfTile(input);
  for (const { slice, bare, outlined } of sections.flatMap(({ placed }) => placed)) {
    const grey = drawSlice(series, slice, pixelOf);
    place(rgba, width, grey, bare);
    place(rgba, width, drawOverlay(grey, input, slice, pixelOf), outlined);
  }
  const drawing = schematic(result, words, layout.schematic);
  return {
    width,
    height,
    sections,
    rgba,
    shapes: drawing.shapes,
    captions: [
      ...sheetCaptions(input, words, title, layout),
      ...drawing.captions,
      ...regionTable(result, words, layout.table),
    ].map(caption => ({ ...caption, text: withoutControls(caption.text) })),
  };
}

/** Control characters of names in the wild: a canvas draws boxes for them. */
function withoutControls(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

function place(rgba: Uint8ClampedArray, width: number, tile: Tile, { x, y }: { x: number; y: number }): void {
  for (let row = 0; row < TILE; row++) {
    rgba.set(tile.subarray(row * TILE * 4, (row + 1) * TILE * 4), ((y + row) * width + x) * 4);
  }
}
