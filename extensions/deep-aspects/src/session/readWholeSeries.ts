import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import type { ScoringTarget } from './state';
import type { ViewerPort } from './viewerPort';

/** All slices in HU, where nobody waits at a progress bar. Rejects with a `Refusal`. */
export function readWholeSeries(viewer: ViewerPort, target: ScoringTarget): Promise<HeadCtSeries> {
  const { signal } = new AbortController();
  return viewer.readSeries(target, { signal, onProgress: () => undefined });
}
