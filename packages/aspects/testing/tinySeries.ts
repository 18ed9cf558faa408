import type { LabelMaps } from '../src/base/labelMaps';
import { segmentIndexOf, type RegionId, type Side } from '../src/scoring/aspects/regions';
import type { HeadCtSeries } from '../src/series/headCtSeries';
import { sliceExtents } from '../src/series/sliceGeometry';

/**
 * Pixels of a slice of `tinySeries`: 40 columns of 10 mm and 40 rows of 10 mm, so that a pixel of a 10 mm
 * slice is 1 ml.
 */
const TINY_SIZE = 40;

/**
 * A straight series of few pixels and uniform 30 HU for tests of volumes and scores, slices at the
 * given heights.
 */
export function tinySeries(heightsMm: readonly number[]): HeadCtSeries {
  return {
    studyInstanceUID: '1.2',
    seriesInstanceUID: '1.2.3',
    rows: TINY_SIZE,
    columns: TINY_SIZE,
    pixelSpacingMm: [10, 10],
    rowDirection: [1, 0, 0],
    columnDirection: [0, 1, 0],
    normal: [0, 0, 1],
    planeOffsetsMm: heightsMm,
    sliceExtentsMm: sliceExtents(heightsMm),
    gantryTiltDeg: 0,
    slices: heightsMm.map((height, i) => ({
      sopInstanceUID: `slice-${i}`,
      hu: new Int16Array(TINY_SIZE * TINY_SIZE).fill(30),
      position: [-195, -195, height] as const,
    })),
    warnings: [],
  };
}

/** Empty masks of a series. */
export function emptyPlanes(series: HeadCtSeries): Uint8Array[] {
  return series.slices.map(({ hu }) => new Uint8Array(hu.length));
}

export interface PlacedRegion {
  readonly slice: number;
  readonly side: Side;
  readonly region: RegionId;
  readonly pixels: number;
  /** How many of them, the first ones, are infarcted; none by default. */
  readonly infarcted?: number;
}

/**
 * Puts pixels of a region's segment on a slice: each region has a row of its own, the patient's left in the
 * columns beyond the middle, as in an axial slice of a supine patient.
 */
export function placeRegion(
  masks: LabelMaps,
  { slice, side, region, pixels, infarcted = 0 }: PlacedRegion
): void {
  const segment = segmentIndexOf(region, side);
  const row = 2 * segmentIndexOf(region, 'left');
  for (let k = 0; k < pixels; k++) {
    const column = side === 'left' ? TINY_SIZE / 2 + k : TINY_SIZE / 2 - 1 - k;
    masks.regions[slice][row * TINY_SIZE + column] = segment;
    masks.infarct[slice][row * TINY_SIZE + column] = k < infarcted ? 1 : 0;
  }
}
