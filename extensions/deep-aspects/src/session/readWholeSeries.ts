import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import { letGoOfPixels } from '../inference/borrowedSlice';
import type { ScoringTarget } from './state';
import type { ViewerPort } from './viewerPort';

/**
 * All slices in HU, where nobody waits at a progress bar. Most uses look at a few slices, or none: no copy
 * of the viewer's pixels is kept. Rejects with a `Refusal`.
 */
export async function readWholeSeries(viewer: ViewerPort, target: ScoringTarget): Promise<HeadCtSeries> {
  const { signal } = new AbortController();
  const series = await viewer.readSeries(target, { signal, onProgress: () => undefined });
  letGoOfPixels(series);
  return series;
}
