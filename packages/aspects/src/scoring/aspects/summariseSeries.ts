import type { SeriesSummary } from './aspectsResult';
import type { HeadCtSeries } from '../../series/headCtSeries';
import { sliceDistances } from '../../series/sliceGeometry';

type SummarisedSeries = Pick<
  HeadCtSeries,
  | 'studyInstanceUID'
  | 'seriesInstanceUID'
  | 'rows'
  | 'columns'
  | 'pixelSpacingMm'
  | 'planeOffsetsMm'
  | 'gantryTiltDeg'
> & { readonly slices: readonly unknown[] };

/** The part of a result that says what was scored. */
export function summariseSeries(series: SummarisedSeries): SeriesSummary {
  return {
    studyInstanceUID: series.studyInstanceUID,
    seriesInstanceUID: series.seriesInstanceUID,
    sliceCount: series.slices.length,
    rows: series.rows,
    columns: series.columns,
    pixelSpacingMm: [series.pixelSpacingMm[0], series.pixelSpacingMm[1]],
    sliceDistancesMm: sliceDistances(series.planeOffsetsMm).map(distance => round(distance, 4)),
    gantryTiltDeg: round(series.gantryTiltDeg, 2),
  };
}

function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  // JSON knows no negative zero.
  return Math.round(value * factor) / factor + 0;
}
