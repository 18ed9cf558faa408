import type { AspectsResult, RegionResult } from '../../scoring/aspects/aspectsResult';
import { segmentIndexOf, SIDES } from '../../scoring/aspects/regions';
import type { HeadCtSeries } from '../../series/headCtSeries';
import { segmentColour, segmentOfInfarctClass } from '../dicom/seg/segmentColours';
import { READING_COLOURS, type Rgb } from '../drawing/readingColours';
import { isScoreSuspended } from '../text/renderReportText';
import type { SummaryInput } from './summaryInput';
import { TILE } from './summaryLayout';
import { sliceView } from './sliceView';

/** Narrow stroke window, HU. */
const WINDOW = { lower: 0, width: 70 };
const REGION_FILL = 0.15;
/** Grey and white matter still differ under it. */
const INFARCT_FILL = 0.35;
const NORMAL_BORDER = 0.6;

/** Picture of a slice: `TILE` x `TILE` pixels, RGBA. */
export type Tile = Uint8ClampedArray;

/** Index of the slice's pixel under each point of a tile, -1 outside: the same for all slices. */
export function pixelsOfTile(input: SummaryInput): Int32Array {
  const view = sliceView(input.series, input);
  return Int32Array.from({ length: TILE * TILE }, (_, at) =>
    view.pixelAt(((at % TILE) + 0.5) / TILE, (Math.floor(at / TILE) + 0.5) / TILE)
  );
}

/** The bare slice. Throws RangeError where its pixels were handed to a worker. */
export function drawSlice(series: HeadCtSeries, slice: number, pixelOf: Int32Array): Tile {
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

/**
 * The same with outlines of all regions; affected ones and infarct are filled. Infarct alone as long as the
 * score is suspended.
 */
export function drawOverlay(grey: Tile, input: SummaryInput, slice: number, pixelOf: Int32Array): Tile {
  const tile = grey.slice();
  const regions = input.regions[slice];
  const infarct = input.infarct[slice];
  const isBare = isScoreSuspended(input.result);
  const labels = Uint8Array.from(pixelOf, pixel => (pixel < 0 || isBare ? 0 : regions[pixel]));
  const affected = segmentsOf(input.result, region => region.affected);
  const byReader = segmentsOf(input.result, region => region.source === 'reader');
  /** As on the screen: normal regions are quiet, what the reader decided is white. */
  const borderOf = (segment: number) => {
    if (byReader.has(segment)) {
      return { colour: READING_COLOURS.reader, share: 1 };
    }
    return affected.has(segment)
      ? { colour: READING_COLOURS.affected, share: 1 }
      : { colour: READING_COLOURS.normal, share: NORMAL_BORDER };
  };
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
