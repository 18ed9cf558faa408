import { createArchiveScorer, type ArchiveScoreSettings } from '../archive/scoreArchiveStudy';
import { isOfProgram, performFileTask, type FileWork } from '../queue/fileWork';
import type { Work } from '../queue/jobQueue';
import { Networks } from '../models/networks';
import { outcomeOfError } from '../score/outcome';
import { processWorker, serveJobs } from '../score/processWorker';
import type { QueueWorker, WorkOutcome } from './performer';

/** Hidden first argument with which the program does a queue's work for another one. */
export const QUEUE_WORKER_ARGUMENT = '__queue-worker';

/**
 * A worker in a process of its own.
 *
 * @param program the script that runs this program
 * @param limitMs how long a job may take, ms
 */
export function processQueueWorker(
  program: string,
  settings: ArchiveScoreSettings,
  limitMs: number
): QueueWorker {
  return processWorker<ArchiveScoreSettings, Work, WorkOutcome>({
    program,
    argument: QUEUE_WORKER_ARGUMENT,
    settings,
    failed: failureOf,
    limitMs,
  });
}

/** The worker's side. */
export function serveAsQueueWorker(): Promise<never> {
  return serveJobs((settings: ArchiveScoreSettings) => {
    const networks = new Networks(settings.models, settings);
    const scoreArchiveStudy = createArchiveScorer(settings, networks);
    return async (work: Work): Promise<WorkOutcome> =>
      work.kind === 'archive' ? scoreArchiveStudy(work) : doFileWork(work, networks, settings);
  });
}

async function doFileWork(
  work: FileWork,
  networks: Networks,
  { models }: ArchiveScoreSettings
): Promise<WorkOutcome> {
  try {
    if (!isOfProgram(work, models)) {
      throw new Error('this worker has another version of the program or of the networks');
    }
    return { kind: 'files', result: await performFileTask(work.task, networks) };
  } catch (thrown) {
    return failureOf(thrown, work);
  }
}

function failureOf(thrown: unknown, work: Work): WorkOutcome {
  const study = work.kind === 'archive' ? work : ({ kind: 'nifti', file: work.id } as const);
  return { kind: 'failed', error: outcomeOfError(thrown, study).error };
}
