import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { programIdentity, type ProgramIdentity } from '../archive/archiveStudy';
import type { CaseFolder } from '../evaluate/dataSet';
import type { StudyInput } from '../score/findStudies';
import type { OutputTarget } from '../score/scorer';
import type { FileResult, FileTask, FileWork } from './fileWork';
import { LAST_PRIORITY, type Work } from './jobQueue';
import { connectRedis, openBullQueue, untilClosed } from './redisQueue';

/** Tasks in the queue at a time: enough for as many workers, and little to lose. */
export const OUTSTANDING = 128;
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 2_000;
/** A result that nobody fetches is forgotten after so long, s. */
const KEEP_S = 3600;
const ASK_MS = 300;

/** Has the workers of a queue do tasks with files, which they must see under the same paths. */
export class RedisRemoteFiles {
  private readonly connection: Redis;
  private readonly queue: Queue<Work>;
  private readonly program: ProgramIdentity;
  private readonly run = randomUUID();
  private count = 0;
  /** Tasks in the queue whose results were not fetched. */
  private readonly open = new Set<string>();
  private closed = false;

  constructor(url: string, models: string, onError: (error: Error) => void) {
    this.connection = connectRedis(url, onError);
    this.queue = openBullQueue(this.connection, onError);
    this.program = programIdentity(models);
  }

  /**
   * Resolves when some worker has done it; a job that the queue lost is added again. Rejects where every
   * attempt failed, or this was closed.
   */
  async perform(task: FileTask): Promise<FileResult> {
    const work: FileWork = {
      kind: 'files',
      id: `${this.run}-${++this.count}`,
      ...this.program,
      task,
    };
    for (;;) {
      // The state first: what was read of a job before it was done does not hold its result.
      const state = await this.queue.getJobState(work.id);
      if (this.closed) {
        throw new Error('closed before the task was done');
      }
      if (state === 'unknown') {
        this.open.add(work.id);
        await this.add(work);
      } else if (state === 'completed' || state === 'failed') {
        const job: Job<Work> | undefined = await this.queue.getJob(work.id);
        if (job) {
          this.open.delete(work.id);
          return await resultOf(job, state);
        }
      }
      await pause(ASK_MS);
    }
  }

  /**
   * Withdraws what no worker has begun; a worker finishes what it has begun, and writes its files completely.
   */
  async close(): Promise<void> {
    this.closed = true;
    await untilClosed(this.withdraw().then(() => this.queue.close()));
    this.connection.disconnect();
  }

  private async withdraw(): Promise<void> {
    // A worker's job is locked, and stays.
    await Promise.allSettled([...this.open].map(id => this.queue.remove(id)));
  }

  private async add(work: FileWork): Promise<void> {
    await this.queue.add('files', work, {
      jobId: work.id,
      // A cohort can wait for new studies.
      priority: LAST_PRIORITY,
      attempts: ATTEMPTS,
      backoff: { type: 'exponential', delay: FIRST_PAUSE_MS },
      removeOnComplete: { age: KEEP_S },
      removeOnFail: { age: KEEP_S },
    });
  }
}

async function resultOf(job: Job<Work>, state: 'completed' | 'failed'): Promise<FileResult> {
  if (state === 'failed') {
    throw new Error(job.failedReason);
  }
  await job.remove();
  return job.returnvalue as FileResult;
}

/** The same files by paths that mean the same on every machine. */
export function absoluteStudy(study: StudyInput): StudyInput {
  if (study.kind === 'nifti') {
    return { ...study, file: resolve(study.file) };
  }
  const series = study.series.map(({ seriesInstanceUID, files }) => ({
    seriesInstanceUID,
    files: files.map(file => resolve(file)),
  }));
  return { ...study, series };
}

export function absoluteOutput(output: OutputTarget | undefined): OutputTarget | undefined {
  return output && { ...output, path: resolve(output.path) };
}

export function absoluteCase({ name, folder, infarct, anatomy, readers }: CaseFolder): CaseFolder {
  return {
    name,
    folder: resolve(folder),
    ...(infarct && { infarct: resolve(infarct) }),
    ...(anatomy && { anatomy: resolve(anatomy) }),
    ...(readers && { readers: resolve(readers) }),
  };
}
