import type { ArchiveStudy } from '../archive/archiveStudy';
import type { ArchiveOutcome } from '../archive/scoreArchiveStudy';
import type { ProcessWorker } from '../score/processWorker';
import { notify, type NotifySettings } from './notify';
import type { ServiceLog } from './serviceLog';
import type { ServiceMetrics } from './serviceMetrics';

export type ArchiveWorker = ProcessWorker<ArchiveStudy, ArchiveOutcome>;

export interface PerformerOptions {
  /** As many as jobs run at a time. */
  readonly workers: readonly ArchiveWorker[];
  readonly metrics: ServiceMetrics;
  readonly log: ServiceLog;
  readonly notify?: NotifySettings;
  /** The only archive whose studies are taken; undefined: any. */
  readonly archive?: string;
}

/** What a queue calls for each job: gives it to a free worker, and tells of its outcome. Rejects where it has to be tried again. */
export function createPerformer(options: PerformerOptions): (study: ArchiveStudy) => Promise<void> {
  const free = [...options.workers];
  return async study => {
    if (options.archive !== undefined && study.archive !== options.archive) {
      throw new Error('the study is in another archive than this worker may ask');
    }
    const worker = free.pop();
    if (!worker) {
      throw new Error('more jobs than workers');
    }
    try {
      report(study, await worker.run(study), options);
    } finally {
      free.push(worker);
    }
  };
}

function report(
  { studyInstanceUID: study }: ArchiveStudy,
  outcome: ArchiveOutcome,
  options: PerformerOptions
) {
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
      log.info({ study, outcome: 'present' });
      return;
    case 'failed':
      log.warn({ study, outcome: 'failed', reason: outcome.error.message });
      throw new Error(outcome.error.message);
  }
}
