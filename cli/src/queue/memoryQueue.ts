import type { ArchiveStudy } from '../archive/archiveStudy';
import {
  OverTimeError,
  RETRIES,
  type FailedJob,
  type JobCounts,
  type JobQueue,
  type OpenJob,
  type RunningWork,
} from './jobQueue';

interface Job {
  readonly study: ArchiveStudy;
  readonly priority: number;
  attempts: number;
  /** When it may be tried, ms of `performance.now()`: no clock that is set holds it up. */
  due: number;
  state: 'queued' | 'running' | 'failed';
  reason: string;
}

export interface MemoryQueueOptions {
  readonly firstPauseMs?: number;
  readonly attempts?: number;
}

/** The queue of a server that works alone: in this process, without any service. */
export class MemoryQueue implements JobQueue {
  private readonly jobs = new Map<string, Job>();
  private readonly firstPauseMs: number;
  private readonly attempts: number;
  private wake: () => void = () => undefined;

  constructor({ firstPauseMs = RETRIES.firstPauseMs, attempts = RETRIES.attempts }: MemoryQueueOptions = {}) {
    this.firstPauseMs = firstPauseMs;
    this.attempts = attempts;
  }

  async add(study: ArchiveStudy, priority: number): Promise<void> {
    const known = this.jobs.get(study.outcome);
    const isForgotten =
      known?.state === 'failed' && performance.now() - known.due > RETRIES.keepFailedS * 1000;
    if (!known || isForgotten) {
      this.jobs.set(study.outcome, {
        study,
        priority,
        attempts: 0,
        due: performance.now(),
        state: 'queued',
        reason: '',
      });
      this.wake();
    }
  }

  async counts(): Promise<JobCounts> {
    const count = (state: Job['state']) => [...this.jobs.values()].filter(job => job.state === state).length;
    return { queued: count('queued'), running: count('running'), failed: count('failed') };
  }

  async failed(): Promise<readonly FailedJob[]> {
    return [...this.jobs.values()]
      .filter(job => job.state === 'failed')
      .map(({ study, reason, attempts }) => ({
        name: study.studyInstanceUID,
        reason,
        attempts,
      }));
  }

  async forgetFailed(): Promise<void> {
    for (const [outcome, { state }] of this.jobs) {
      if (state === 'failed') {
        this.jobs.delete(outcome);
      }
    }
  }

  async open(): Promise<readonly OpenJob[]> {
    return [...this.jobs.values()].map(({ study, state, reason }) => ({
      studyInstanceUID: study.studyInstanceUID,
      state,
      ...(reason && { reason }),
    }));
  }

  work(concurrency: number, perform: (study: ArchiveStudy) => Promise<unknown>): RunningWork {
    let stopped = false;
    let timer: NodeJS.Timeout | undefined;
    const running = new Set<Promise<void>>();
    const take = () => {
      clearTimeout(timer);
      while (!stopped && running.size < concurrency) {
        const job = this.next();
        if (!job) {
          break;
        }
        const attempt = this.attempt(job, perform).finally(() => {
          running.delete(attempt);
          take();
        });
        running.add(attempt);
      }
      const pause = stopped || running.size >= concurrency ? undefined : this.untilNextDue();
      timer = pause === undefined ? undefined : setTimeout(take, pause);
    };
    this.wake = take;
    take();
    return {
      async stop() {
        stopped = true;
        clearTimeout(timer);
        await Promise.all(running);
      },
    };
  }

  async close(): Promise<void> {
    this.jobs.clear();
  }

  /** The most urgent job that is due; of equals the one that was added first. */
  private next(): Job | undefined {
    const now = performance.now();
    let best: Job | undefined;
    for (const job of this.jobs.values()) {
      if (job.state === 'queued' && job.due <= now && (!best || job.priority < best.priority)) {
        best = job;
      }
    }
    return best;
  }

  private untilNextDue(): number | undefined {
    const dues = [...this.jobs.values()].filter(job => job.state === 'queued').map(job => job.due);
    return dues.length ? Math.max(0, Math.min(...dues) - performance.now()) : undefined;
  }

  private async attempt(job: Job, perform: (study: ArchiveStudy) => Promise<unknown>): Promise<void> {
    job.state = 'running';
    job.attempts += 1;
    try {
      await perform(job.study);
      this.jobs.delete(job.study.outcome);
    } catch (error) {
      job.reason = error instanceof Error ? error.message : String(error);
      const most = error instanceof OverTimeError ? RETRIES.attemptsOverTime : this.attempts;
      job.state = job.attempts < most ? 'queued' : 'failed';
      job.due =
        performance.now() + (job.state === 'queued' ? this.firstPauseMs * 2 ** (job.attempts - 1) : 0);
    }
  }
}
