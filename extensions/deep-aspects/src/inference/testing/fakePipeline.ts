import {
  type AspectsResult,
  type PreparedSeries,
  type RescoreSeriesOptions,
  runAlone,
  type ScoredSeries,
  type ScoreSeriesOptions,
} from '@deep-aspects/aspects/scoring';
import { type HeadCtSeries, Refusal } from '@deep-aspects/aspects/series';

export const SLICES = 5;

export const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** Slices whose pixels all hold the slice's number. */
export function series(): HeadCtSeries {
  const slices = Array.from({ length: SLICES }, (_, index) => ({
    sopInstanceUID: `1.2.${index}`,
    hu: new Int16Array(16).fill(index),
    position: [0, 0, index * 5] as const,
  }));
  return { seriesInstanceUID: '1.2', rows: 4, columns: 4, slices, warnings: [] } as unknown as HeadCtSeries;
}

/** Knows the series alone. */
export async function prepareSeries(series: HeadCtSeries): Promise<PreparedSeries> {
  await pause(0);
  return { series } as PreparedSeries;
}

/** Runs both networks on each slice, as the pipeline does, and answers with what it was given. */
export async function score(options: ScoreSeriesOptions): Promise<ScoredSeries> {
  const { series, anatomy, infarct, overrides, scoring, warnings = [], onProgress, signal } = options;
  const wasPrepared = options.prepared?.series === series;
  for (const [index] of series.slices.entries()) {
    await pause(0);
    if (signal?.aborted) {
      throw new Refusal('CANCELLED', 'cancelled');
    }
    await runAlone(anatomy, new Float32Array(1));
    await runAlone(infarct, new Float32Array(1));
    const done = index + 1;
    onProgress?.({ step: 'anatomy', done, total: SLICES, percent: (100 * done) / SLICES });
  }
  const result = { warnings, echo: { overrides, scoring, wasPrepared } } as unknown as AspectsResult;
  return { result, regions: series.slices.map(slice => Uint8Array.from(slice.hu)), infarct: [] };
}

export function rescore({
  series,
  regions,
  infarct,
  overrides,
  scoring,
  base,
}: RescoreSeriesOptions): AspectsResult {
  const pixels = series.slices.map(slice => slice.hu[0]);
  return { ...base, echo: { pixels, regions, infarct, overrides, scoring } } as unknown as AspectsResult;
}
