import { neverDecreasing, percentWithin, type ScoredSeries } from '@deep-aspects/aspects/scoring';
import { cancelled, type HeadCtSeries, Refusal, throwIfCancelled } from '@deep-aspects/aspects/series';
import type { AspectsEngine } from '../inference/aspectsEngine';
import type { RefusalNotice, ScoringTarget, ViewerProgress } from './state';
import type { ViewerPort } from './viewerPort';

/** Where reading the images and the engine's work begin and end on the progress bar; the rest is drawing. */
const IMAGES = [0, 15] as const;
const ENGINE = [15, 95] as const;

/**
 * Each report has the window drawn anew. Without a GPU that takes some 25 ms of processor time, half of what
 * a slice of a network takes.
 */
const REPORT_EVERY_MS = 500;

export interface ComputationOptions {
  readonly viewer: ViewerPort;
  readonly engine: AspectsEngine;
  readonly target: ScoringTarget;
  /** Its slices, where they were read beforehand. */
  readonly read?: HeadCtSeries;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ViewerProgress) => void;
}

/**
 * From a display set to scored label maps. The networks are fetched and warmed while the images load. Rejects
 * with a `Refusal` for whatever cannot be scored, `CANCELLED` after an abort.
 */
export async function computeScore(
  options: ComputationOptions
): Promise<{ series: HeadCtSeries; scored: ScoredSeries }> {
  const { viewer, engine, target, signal } = options;
  const report = ascending(options.onProgress);

  report({ step: 'images', done: 0, total: target.imageCount, percent: 0 });
  // Not waited for: `score` ends the warm-up, and meets a failure to load again and reports it.
  void engine.prepare({ signal }).catch(() => undefined);
  const onProgress = (done: number, total: number): void =>
    report({ step: 'images', done, total, percent: percentWithin(IMAGES, done, total) });
  const series = options.read ?? (await viewer.readSeries(target, { signal, onProgress }));
  throwIfCancelled(signal);
  const scored = await engine.score(series, {
    signal,
    onProgress: progress => report({ ...progress, percent: percentWithin(ENGINE, progress.percent, 100) }),
  });
  throwIfCancelled(signal);
  report({ step: 'labelmaps', done: 0, total: 1, percent: ENGINE[1] });
  return { series, scored };
}

/** Never goes back, whatever the steps say; within a step at most one report in `REPORT_EVERY_MS`. */
function ascending(onProgress: (progress: ViewerProgress) => void): (progress: ViewerProgress) => void {
  const shown = neverDecreasing();
  let last = { step: '', at: 0 };
  return progress => {
    const percent = shown(progress.percent);
    const at = performance.now();
    if (progress.step !== last.step || at - last.at >= REPORT_EVERY_MS) {
      last = { step: progress.step, at };
      onProgress({ ...progress, percent });
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
