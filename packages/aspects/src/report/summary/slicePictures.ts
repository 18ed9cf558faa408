import { segmentIndexOf, SIDES } from '../../scoring/aspects/regions';
import type { HeadCtSeries } from '../../series/headCtSeries';
import { segmentColour, segmentOfInfarctClass } from '../dicom/seg/segmentColours';
import { READING_COLOURS, type Rgb } from '../drawing/readingColours';
import { isScoreSuspended } from '../text/renderReportText';
import type { SummaryInput } from './summaryInput';
import { TILE } from './summaryLayout';
import { sliceView } from './sliceView';

/** The stroke window, as on the screen, HU. */
export const SLICE_WINDOW = { width: 40, centre: 40 };
const DARKEST = SLICE_WINDOW.centre - SLICE_WINDOW.width / 2;
const REGION_FILL = 0.15;
/** Grey and white matter still differ under it. */
const INFARCT_FILL = 0.35;

/** Picture of a slice: `TILE` x `TILE` pixels, RGBA. */
export type Tile = Uint8ClampedArray;

/** How pictures lie on the slices, the same for all slices. */
export interface TileGrid {
  /** Index of the slice's pixel under each point of a tile, -1 outside. */
  readonly pixelOf: Int32Array;
  /** Distance of a tile's points, mm. */
  readonly spacingMm: number;
}

export function tileGrid(input: SummaryInput): TileGrid {
  const view = sliceView(input.series, input);
  const pixelOf = Int32Array.from({ length: TILE * TILE }, (_, at) =>
    view.pixelAt(((at % TILE) + 0.5) / TILE, (Math.floor(at / TILE) + 0.5) / TILE)
  );
  return { pixelOf, spacingMm: view.sideMm / TILE };
}

/** The bare slice. Throws RangeError where its pixels were handed to a worker. */
export function drawSlice(series: HeadCtSeries, slice: number, { pixelOf }: TileGrid): Tile {
  const { hu } = series.slices[slice];
  if (hu.length !== series.rows * series.columns) {
    throw new RangeError('The slices have no pixels any more: read the series again for a picture');
  }
  const tile = new Uint8ClampedArray(TILE * TILE * 4);
  for (let at = 0; at < pixelOf.length; at++) {
    const pixel = pixelOf[at];
    const value = pixel < 0 ? 0 : ((hu[pixel] - DARKEST) / SLICE_WINDOW.width) * 255;
    tile.fill(value, at * 4, at * 4 + 3);
    tile[at * 4 + 3] = 255;
  }
  return tile;
}

/** Segment under each point of a tile; none as long as the score is suspended. */
export function labelsOfTile(
  { regions, result }: SummaryInput,
  slice: number,
  { pixelOf }: TileGrid
): Uint8Array {
  const labels = new Uint8Array(pixelOf.length);
  if (!isScoreSuspended(result)) {
    const plane = regions[slice];
    pixelOf.forEach((pixel, at) => {
      labels[at] = pixel < 0 ? 0 : plane[pixel];
    });
  }
  return labels;
}

/** The same with affected regions and infarct filled; infarct alone as long as the score is suspended. */
export function drawOverlay(grey: Tile, input: SummaryInput, slice: number, grid: TileGrid): Tile {
  const tile = grey.slice();
  const infarct = input.infarct[slice];
  const labels = labelsOfTile(input, slice, grid);
  const affected = affectedSegments(input);
  grid.pixelOf.forEach((pixel, at) => {
    if (pixel >= 0 && infarct[pixel]) {
      blend(tile, at, segmentColour(segmentOfInfarctClass(infarct[pixel])), INFARCT_FILL);
    } else if (affected.has(labels[at])) {
      blend(tile, at, READING_COLOURS.affected, REGION_FILL);
    }
  });
  return tile;
}

function affectedSegments({ result }: SummaryInput): ReadonlySet<number> {
  return new Set(
    SIDES.flatMap(side =>
      result.hemispheres[side].regions
        .filter(({ affected }) => affected)
        .map(({ id }) => segmentIndexOf(id, side))
    )
  );
}

function blend(tile: Tile, at: number, colour: Rgb, share: number): void {
  for (let channel = 0; channel < 3; channel++) {
    const index = at * 4 + channel;
    tile[index] = tile[index] * (1 - share) + colour[channel] * share;
  }
}
