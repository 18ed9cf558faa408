import type { ArchiveOutcome } from '../archive/scoreArchiveStudy';
import type { FileResult } from '../queue/fileWork';
import { OverTimeError, type Work } from '../queue/jobQueue';
import { TIME_LIMIT } from '../score/outcome';
import type { ProcessWorker } from '../score/processWorker';
import { notify, type NotifySettings } from './notify';
import type { ServiceLog } from './serviceLog';
import type { ServiceMetrics } from './serviceMetrics';

/** What a worker process answers. */
export type WorkOutcome = ArchiveOutcome | { readonly kind: 'files'; readonly result: FileResult };

export type QueueWorker = ProcessWorker<Work, WorkOutcome>;

export interface PerformerOptions {
  /** As many as jobs run at a time. */
  readonly workers: readonly QueueWorker[];
  readonly metrics: ServiceMetrics;
  readonly log: ServiceLog;
  readonly notify?: NotifySettings;
  /** The only archive whose studies are taken; undefined: any. */
  readonly archive?: string;
}

/**
 * What a queue calls for each job: gives it to a free worker, and tells of its outcome. Resolves with the
 * result of a task with files; rejects where a job has to be tried again.
 */
export function createPerformer(options: PerformerOptions): (work: Work) => Promise<FileResult | undefined> {
  const free = [...options.workers];
  return async work => {
    if (work.kind === 'archive' && options.archive !== undefined && work.archive !== options.archive) {
      throw new Error('the study is in another archive than this worker may ask');
    }
    const worker = free.pop();
    if (!worker) {
      throw new Error('more jobs than workers');
    }
    try {
      const outcome = await worker.run(work);
      if (outcome.kind === 'files') {
        return outcome.result;
      }
      report(work.kind === 'archive' ? work.studyInstanceUID : work.id, outcome, options);
      return undefined;
    } finally {
      free.push(worker);
    }
  };
}

function report(study: string, outcome: ArchiveOutcome, options: PerformerOptions): void {
  const { log, metrics } = options;
  metrics.record(study, outcome);
  switch (outcome.kind) {
    case 'scored': {
      const { score, affectedSide: side } = outcome.result;
      log.info({ study, outcome: 'scored', score, side, seconds: outcome.seconds });
      if (options.notify) {
        void notify(options.notify, outcome).catch((error: Error) => log.warn({ study }, error.message));
      }
      return;
    }
    case 'refused':
      log.info({ study, outcome: 'refused', code: outcome.error.code, seconds: outcome.seconds });
      return;
    case 'present':
    case 'changed':
      log.info({ study, outcome: outcome.kind });
      return;
    case 'failed': {
      const { code, message: reason } = outcome.error;
      log.warn({ study, outcome: 'failed', code, reason });
      throw code === TIME_LIMIT ? new OverTimeError(reason) : new Error(reason);
    }
  }
}
