import type { AspectsResult, RegionResult } from '../../scoring/aspects/aspectsResult';
import { segmentIndexOf, SIDES } from '../../scoring/aspects/regions';
import type { HeadCtSeries } from '../../series/headCtSeries';
import { segmentColour, segmentOfInfarctClass } from '../dicom/seg/segmentColours';
import { READING_COLOURS, type Rgb } from '../drawing/readingColours';
import { keySlices } from './keySlices';
import { sheetCaptions, TITLE_LINE_PX, type SheetCaption } from './sheetCaptions';
import type { SheetInput } from './sheetInput';
import { sheetTitle } from './sheetTitle';
import { sliceView } from './sliceView';

/** A picture sheet before encoding. */
export interface PictureSheet {
  readonly width: number;
  readonly height: number;
  /** RGBA, row-major. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  /** Words to be drawn on top. */
  readonly captions: readonly SheetCaption[];
}

/** Narrow stroke window, HU. */
const WINDOW = { lower: 0, width: 70 };
const REGION_FILL = 0.15;
const INFARCT_FILL = 0.5;
const NORMAL_BORDER = 0.6;

const TILE = 320;
const GAP = 8;
const CAPTION_HEIGHT = 24;
const TILES_PER_ROW = 4;

/**
 * Key slices, each as it is and with overlays below it: outlines of all regions, affected ones filled, the infarct in its
 * own colour, under a title that is wrapped. Radiological view: patient's right on the left.
 */
export function renderSheet(input: SheetInput): PictureSheet {
  const { series, result } = input;
  const uids = series.slices.map(slice => slice.sopInstanceUID);
  const chosen = keySlices(result, uids, input.infarct);
  const perRow = Math.min(TILES_PER_ROW, chosen.length);
  const blockHeight = CAPTION_HEIGHT + 2 * (TILE + GAP);
  const width = Math.max(perRow, 2) * (TILE + GAP) + GAP;
  const title = sheetTitle(input, width);
  const titleHeight = 20 + title.length * TITLE_LINE_PX;
  const height = titleHeight + Math.ceil(chosen.length / perRow) * blockHeight;
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let alpha = 3; alpha < rgba.length; alpha += 4) {
    rgba[alpha] = 255;
  }
  const pixelOf = pixelsOfTile(input);
  const tiles = chosen.map((slice, index) => ({
    slice,
    x: GAP + (index % perRow) * (TILE + GAP),
    y: titleHeight + Math.floor(index / perRow) * blockHeight,
  }));
  for (const { slice, x, y } of tiles) {
    const grey = drawSlice(series, slice, pixelOf);
    place(rgba, width, grey, x, y + CAPTION_HEIGHT);
    place(rgba, width, drawOverlay(grey, input, slice, pixelOf), x, y + CAPTION_HEIGHT + TILE + GAP);
  }
  return {
    width,
    height,
    rgba,
    captions: sheetCaptions(input, title, tiles, { tile: TILE, captionHeight: CAPTION_HEIGHT }),
  };
}

/** One tile, RGBA. */
type Tile = Uint8ClampedArray;

/** Index of the slice's pixel under each point of a tile, -1 outside: the same for all slices. */
function pixelsOfTile(input: SheetInput): Int32Array {
  const view = sliceView(input.series, input);
  return Int32Array.from({ length: TILE * TILE }, (_, at) =>
    view.pixelAt(((at % TILE) + 0.5) / TILE, (Math.floor(at / TILE) + 0.5) / TILE)
  );
}

function drawSlice(series: HeadCtSeries, slice: number, pixelOf: Int32Array): Tile {
  const { hu } = series.slices[slice];
  if (hu.length !== series.rows * series.columns) {
    throw new RangeError('The slices have no pixels any more: read the series again for a picture');
  }
  const tile = new Uint8ClampedArray(TILE * TILE * 4);
  for (let at = 0; at < pixelOf.length; at++) {
    const pixel = pixelOf[at];
    const value = pixel < 0 ? 0 : ((hu[pixel] - WINDOW.lower) / WINDOW.width) * 255;
    tile.fill(value, at * 4, at * 4 + 3);
    tile[at * 4 + 3] = 255;
  }
  return tile;
}

function drawOverlay(grey: Tile, input: SheetInput, slice: number, pixelOf: Int32Array): Tile {
  const tile = grey.slice();
  const regions = input.regions[slice];
  const infarct = input.infarct[slice];
  const labels = Uint8Array.from(pixelOf, pixel => (pixel < 0 ? 0 : regions[pixel]));
  const affected = segmentsOf(input.result, region => region.affected);
  const byReader = segmentsOf(input.result, region => region.source === 'reader');
  /** As on the screen: normal regions are quiet, what the reader decided is white. */
  const borderOf = (segment: number) =>
    byReader.has(segment)
      ? { colour: READING_COLOURS.reader, share: 1 }
      : affected.has(segment)
        ? { colour: READING_COLOURS.affected, share: 1 }
        : { colour: READING_COLOURS.normal, share: NORMAL_BORDER };
  for (let at = 0; at < pixelOf.length; at++) {
    const segment = labels[at];
    if (pixelOf[at] >= 0 && infarct[pixelOf[at]]) {
      blend(tile, at, segmentColour(segmentOfInfarctClass(infarct[pixelOf[at]])), INFARCT_FILL);
    } else if (affected.has(segment)) {
      blend(tile, at, READING_COLOURS.affected, REGION_FILL);
    }
    if (segment !== 0 && isBorder(labels, at)) {
      const { colour, share } = borderOf(segment);
      blend(tile, at, colour, share);
    }
  }
  return tile;
}

function segmentsOf(result: AspectsResult, isMeant: (region: RegionResult) => boolean): ReadonlySet<number> {
  return new Set(
    SIDES.flatMap(side =>
      result.hemispheres[side].regions.filter(isMeant).map(({ id }) => segmentIndexOf(id, side))
    )
  );
}

function isBorder(labels: Uint8Array, at: number): boolean {
  const label = labels[at];
  return (
    labels[at - 1] !== label ||
    labels[at + 1] !== label ||
    labels[at - TILE] !== label ||
    labels[at + TILE] !== label
  );
}

function blend(tile: Tile, at: number, colour: Rgb, share: number): void {
  for (let channel = 0; channel < 3; channel++) {
    const index = at * 4 + channel;
    tile[index] = tile[index] * (1 - share) + colour[channel] * share;
  }
}

function place(rgba: Uint8ClampedArray, width: number, tile: Tile, x: number, y: number): void {
  for (let row = 0; row < TILE; row++) {
    rgba.set(tile.subarray(row * TILE * 4, (row + 1) * TILE * 4), ((y + row) * width + x) * 4);
  }
}
