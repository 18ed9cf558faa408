import type { ArchiveStudy } from '../archive/archiveStudy';
import type { FileWork } from './fileWork';

export type Work = ArchiveStudy | FileWork;

/** How jobs are tried. */
export const RETRIES = {
  attempts: 8,
  /** Of a job that takes longer than it may: each costs a worker all that time. */
  attemptsOverTime: 3,
  /** Doubles from one attempt to the next. */
  firstPauseMs: 2_000,
  /** A job that failed for good is kept, with its reason, this long; then its study is offered again. */
  keepFailedS: 3600,
} as const;

/** What `perform` rejects with where a job took longer than it may. */
export class OverTimeError extends Error {}

/** Priorities are whole numbers from 1, the lower the sooner, to this one: the most that BullMQ takes. */
export const LAST_PRIORITY = 2 ** 21 - 1;

export interface JobCounts {
  readonly queued: number;
  readonly running: number;
  readonly failed: number;
}

export interface FailedJob {
  /** Study Instance UID, or the id of a file's task. */
  readonly name: string;
  readonly reason: string;
  readonly attempts: number;
}

/** A study of an archive whose job is not done. */
export interface OpenJob {
  readonly studyInstanceUID: string;
  readonly state: 'queued' | 'running' | 'failed';
  /** Of the last failure; absent where there was none. */
  readonly reason?: string;
}

/** Open jobs of each state that are told of at a time: as many as a worklist shows. */
export const MAX_OPEN_LISTED = 2_000;

/** Running jobs of this process. */
export interface RunningWork {
  /** Takes no more jobs; resolves when those in progress have ended. */
  stop(): Promise<void>;
}

/**
 * Studies to be scored. A study has one job an outcome (see `ArchiveStudy.outcome`), however often it is
 * added. Nothing is lost with a queue: what has no outcome in the archive is found and added again.
 */
export interface JobQueue {
  /**
   * Does nothing where the job is waiting, running or kept as failed.
   * @param priority from 1, the lower the sooner
   */
  add(study: ArchiveStudy, priority: number): Promise<void>;
  counts(): Promise<JobCounts>;
  failed(): Promise<readonly FailedJob[]>;
  /** Forgets the studies of archives that failed for good: they may be added again. */
  forgetFailed(): Promise<void>;
  /** The studies of archives, without what has files; at most `MAX_OPEN_LISTED` of each state. */
  open(): Promise<readonly OpenJob[]>;
  /**
   * Performs jobs in this process, so many at a time. A job whose `perform` rejects is tried again, as
   * `RETRIES` says.
   */
  work(concurrency: number, perform: (work: Work) => Promise<unknown>): RunningWork;
  close(): Promise<void>;
}
