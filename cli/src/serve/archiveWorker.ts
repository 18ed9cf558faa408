import type { ArchiveStudy } from '../archive/archiveStudy';
import {
  createArchiveScorer,
  failureOf,
  type ArchiveOutcome,
  type ArchiveScoreSettings,
} from '../archive/scoreArchiveStudy';
import { processWorker, serveJobs } from '../score/processWorker';
import type { ArchiveWorker } from './performer';

/** Hidden first argument with which the program scores an archive's studies for another one. */
export const ARCHIVE_WORKER_ARGUMENT = '__archive-worker';

/** A worker in a process of its own. @param program the script that runs this program */
export function processArchiveWorker(program: string, settings: ArchiveScoreSettings): ArchiveWorker {
  return processWorker<ArchiveScoreSettings, ArchiveStudy, ArchiveOutcome>({
    program,
    argument: ARCHIVE_WORKER_ARGUMENT,
    settings,
    failed: failureOf,
  });
}

/** The worker's side. */
export function serveAsArchiveWorker(): Promise<void> {
  return serveJobs(createArchiveScorer);
}
