import type { ScoredSeries } from '@deep-aspects/aspects/scoring';
import { cancelled, type HeadCtSeries, Refusal, throwIfCancelled } from '@deep-aspects/aspects/series';
import type { AspectsEngine } from '../inference/aspectsEngine';
import type { RefusalNotice, ScoringTarget, ViewerProgress } from './state';
import type { ViewerPort } from './viewerPort';

/** Where reading the images ends, and where drawing begins, on the progress bar. */
const IMAGES_END = 15;
const ENGINE_END = 95;

/** Each report repaints the panel. Without a GPU that takes the processor from the networks, as long as a third of a slice. */
const REPORT_EVERY_MS = 200;

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
  // Not waited for: `score` ends the warm-up, and meets a failure to load again and reports it.
  void engine.prepare({ signal }).catch(() => undefined);
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
  const scored = await engine.score(series, {
    signal,
    onProgress: progress => report({ ...progress, percent: share(IMAGES_END, ENGINE_END, progress.percent) }),
  });
  throwIfCancelled(signal);
  report({ step: 'labelmaps', done: 0, total: 1, percent: ENGINE_END });
  return { series, scored };
}

/** Never goes back, whatever the steps say; within a step at most one report in `REPORT_EVERY_MS`. */
function ascending(onProgress: (progress: ViewerProgress) => void): (progress: ViewerProgress) => void {
  let highest = 0;
  let last = { step: '', at: 0 };
  return progress => {
    highest = Math.max(highest, Math.min(100, progress.percent));
    const at = performance.now();
    if (progress.step !== last.step || at - last.at >= REPORT_EVERY_MS) {
      last = { step: progress.step, at };
      onProgress({ ...progress, percent: highest });
    }
  };
}

/** What the panel tells of a failure, whatever was thrown. */
export function noticeOfFailure(error: unknown, signal?: AbortSignal): RefusalNotice {
  if (signal?.aborted) {
    const { code, message } = cancelled();
    return { code, message };
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
