import type { ScoredSeries } from '../core/pipeline/types';
import type { HeadCtSeries } from '../core/series/headCtSeries';
import { Refusal } from '../core/series/refusal';
import type { AspectsEngine } from '../inference/aspectsEngine';
import { cancellation, throwIfCancelled } from './cancellation';
import type { RefusalNotice, ScoringTarget, ViewerProgress } from './state';
import type { ViewerPort } from './viewerPort';

/** Where reading the images ends, and where drawing begins, on the progress bar. */
const IMAGES_END = 15;
const ENGINE_END = 95;

export interface ComputationOptions {
  readonly viewer: ViewerPort;
  readonly engine: AspectsEngine;
  readonly target: ScoringTarget;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ViewerProgress) => void;
}

/**
 * From a display set to scored label maps. The networks are fetched and warmed while the images load. Rejects with a
 * `Refusal` for whatever cannot be scored, `CANCELLED` after an abort.
 */
export async function computeScore(
  options: ComputationOptions
): Promise<{ series: HeadCtSeries; scored: ScoredSeries }> {
  const { viewer, engine, target, signal } = options;
  const report = ascending(options.onProgress);
  const share = (from: number, to: number, percent: number) => from + ((to - from) * percent) / 100;

  report({ step: 'images', done: 0, total: target.imageCount, percent: 0 });
  // A failure to prepare is met again, and reported, by `score`.
  const prepared = engine.prepare({ signal }).catch(() => undefined);
  const series = await viewer.readSeries(target, {
    signal,
    onProgress: (done, total) =>
      report({
        step: 'images',
        done,
        total,
        percent: share(0, IMAGES_END, (100 * done) / Math.max(total, 1)),
      }),
  });
  throwIfCancelled(signal);
  report({ step: 'load', done: 0, total: 1, percent: IMAGES_END });
  await Promise.race([prepared, cancellation(signal)]);
  const scored = await engine.score(series, {
    signal,
    onProgress: progress => report({ ...progress, percent: share(IMAGES_END, ENGINE_END, progress.percent) }),
  });
  throwIfCancelled(signal);
  report({ step: 'labelmaps', done: 0, total: 1, percent: ENGINE_END });
  return { series, scored };
}

/** Never goes back, whatever the steps say. */
function ascending(onProgress: (progress: ViewerProgress) => void): (progress: ViewerProgress) => void {
  let highest = 0;
  return progress => {
    highest = Math.max(highest, Math.min(100, progress.percent));
    onProgress({ ...progress, percent: highest });
  };
}

/** What the panel tells of a failure, whatever was thrown. */
export function noticeOfFailure(error: unknown, signal?: AbortSignal): RefusalNotice {
  if (signal?.aborted) {
    return { code: 'CANCELLED', message: 'The computation was cancelled.' };
  }
  if (isRefusal(error)) {
    return { code: error.code, message: error.message };
  }
  return { code: 'UNKNOWN', message: error instanceof Error ? error.message : String(error) };
}

/** By shape: a refusal that crossed from the worker is no instance of this realm's class. */
function isRefusal(error: unknown): error is Refusal {
  return error instanceof Refusal || (error instanceof Error && error.name === 'Refusal' && 'code' in error);
}
