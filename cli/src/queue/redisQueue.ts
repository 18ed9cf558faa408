import { setTimeout as pause } from 'node:timers/promises';
import { Queue, UnrecoverableError, Worker, type Job, type JobType } from 'bullmq';
import { Redis } from 'ioredis';
import type { ArchiveStudy } from '../archive/archiveStudy';
import {
  MAX_OPEN_LISTED,
  OverTimeError,
  RETRIES,
  type FailedJob,
  type JobCounts,
  type JobQueue,
  type OpenJob,
  type RunningWork,
  type Work,
} from './jobQueue';

const NAME = 'deep-aspects';
/** A job whose worker was silent for so long is taken over by another one. */
const SILENCE_MS = 20_000;
const MAX_TAKEOVERS = 5;
const MAX_FAILED_LISTED = 200;
/** How long an addition waits for a Redis that is away, ms, and how long the end of the program does. */
const PATIENCE_MS = 5_000;
const CLOSE_MS = 2_000;
const LOOK_MS = 100;

/**
 * The queue of several machines: BullMQ on Redis. Holds UIDs and the archive's address, nothing of the
 * patient, no pixels.
 */
export class RedisQueue implements JobQueue {
  private readonly connection: Redis;
  private readonly queue: Queue<Work>;

  /** @param onError is told what is wrong with Redis; everything goes on when it is back */
  constructor(
    url: string,
    private readonly onError: (error: Error) => void
  ) {
    this.connection = connectRedis(url, onError);
    this.queue = openBullQueue(this.connection, onError);
  }

  async add(study: ArchiveStudy, priority: number): Promise<void> {
    await this.requireConnection();
    await this.queue.add('score', study, {
      jobId: study.outcome,
      priority,
      attempts: RETRIES.attempts,
      backoff: { type: 'exponential', delay: RETRIES.firstPauseMs },
      // The archive knows what is done; a job that stayed would keep a lost outcome from being made again.
      removeOnComplete: true,
      removeOnFail: { age: RETRIES.keepFailedS },
    });
  }

  async counts(): Promise<JobCounts> {
    const counts = await this.queue.getJobCounts('wait', 'prioritized', 'delayed', 'active', 'failed');
    const { wait = 0, prioritized = 0, delayed = 0, active = 0, failed = 0 } = counts;
    return { queued: wait + prioritized + delayed, running: active, failed };
  }

  async failed(): Promise<readonly FailedJob[]> {
    const jobs: (Job<Work> | undefined)[] = await this.queue.getFailed(0, MAX_FAILED_LISTED - 1);
    return jobs
      .filter(job => job !== undefined)
      .map(({ data, failedReason, attemptsMade }) => ({
        name: data.kind === 'archive' ? data.studyInstanceUID : data.id,
        reason: failedReason,
        attempts: attemptsMade,
      }));
  }

  async forgetFailed(): Promise<void> {
    await this.requireConnection();
    const jobs: (Job<Work> | undefined)[] = await this.queue.getFailed();
    await Promise.all(jobs.map(job => (job?.data.kind === 'archive' ? job.remove() : undefined)));
  }

  async open(): Promise<readonly OpenJob[]> {
    const listed = await Promise.all([
      this.listed('queued', 'wait', 'prioritized', 'delayed'),
      this.listed('running', 'active'),
      this.listed('failed', 'failed'),
    ]);
    return listed.flat();
  }

  private async listed(state: OpenJob['state'], ...types: JobType[]): Promise<OpenJob[]> {
    // One that was done while the others were read is a hole.
    const jobs: (Job<Work> | undefined)[] = await this.queue.getJobs(types, 0, MAX_OPEN_LISTED - 1);
    return jobs.flatMap(job => {
      if (job?.data.kind !== 'archive') {
        return [];
      }
      const { studyInstanceUID } = job.data;
      return [{ studyInstanceUID, state, ...(job.failedReason && { reason: job.failedReason }) }];
    });
  }

  work(concurrency: number, perform: (work: Work) => Promise<unknown>): RunningWork {
    const running = new Set<Promise<unknown>>();
    const attempt = async ({ data, attemptsMade }: Job<Work>) => {
      const performed = perform(data);
      running.add(performed);
      try {
        return await performed;
      } catch (error) {
        // The attempt that has just failed is not among those made.
        if (error instanceof OverTimeError && attemptsMade + 1 >= RETRIES.attemptsOverTime) {
          throw new UnrecoverableError(error.message);
        }
        throw error;
      } finally {
        running.delete(performed);
      }
    };
    const worker = new Worker<Work>(NAME, attempt, {
      connection: this.connection,
      concurrency,
      lockDuration: SILENCE_MS,
      stalledInterval: SILENCE_MS / 2,
      maxStalledCount: MAX_TAKEOVERS,
    });
    worker.on('error', this.onError);
    return {
      async stop() {
        const closed = worker.close();
        while (running.size > 0) {
          await Promise.allSettled(running);
        }
        await untilClosed(closed);
      },
    };
  }

  async close(): Promise<void> {
    await untilClosed(this.queue.close());
    this.connection.disconnect();
  }

  /**
   * Rejects where Redis is away: a command would wait until it is back, and whoever gave it could not
   * be told to stop.
   */
  private async requireConnection(): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (this.connection.status !== 'ready') {
      if (Date.now() > end) {
        throw new Error('the queue does not answer');
      }
      await pause(LOOK_MS);
    }
  }
}

/** A Redis that is away is not waited for at the end. */
export async function untilClosed(closing: Promise<void>): Promise<void> {
  await Promise.race([closing.catch(() => undefined), pause(CLOSE_MS)]);
}

/** Commands wait for Redis as long as it takes, as BullMQ wants it: `maxRetriesPerRequest` is off. */
export function connectRedis(url: string, onError: (error: Error) => void): Redis {
  const connection = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: attempt => Math.min(200 * attempt, 2_000),
  });
  connection.on('error', onError);
  return connection;
}

export function openBullQueue(connection: Redis, onError: (error: Error) => void): Queue<Work> {
  const queue = new Queue<Work>(NAME, { connection });
  queue.on('error', onError);
  return queue;
}
