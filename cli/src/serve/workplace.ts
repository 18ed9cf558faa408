import { availableParallelism } from 'node:os';
import type { ArchiveScoreSettings } from '../archive/scoreArchiveStudy';
import type { CommandHost } from '../commandHost';
import type { JobQueue, RunningWork } from '../queue/jobQueue';
import { MemoryQueue } from '../queue/memoryQueue';
import { RedisQueue } from '../queue/redisQueue';
import { createPerformer } from './performer';
import type { WorkArguments } from './serveArguments';
import { serviceLog, type ServiceLog } from './serviceLog';
import { ServiceMetrics } from './serviceMetrics';
import { startStatusServer, type StatusServerOptions } from './statusServer';

/**
 * What `serve` and `worker` share: the queue, the workers of this process, its log, its numbers and
 * its status page.
 */
export interface Workplace {
  readonly queue: JobQueue;
  readonly log: ServiceLog;
  /** Lets the jobs in progress end, then closes everything. */
  close(): Promise<void>;
}

/** @param archive the only archive whose studies the workers take; undefined: any */
export async function openWorkplace(
  args: WorkArguments,
  host: CommandHost,
  { archive, trouble, onComplete }: Pick<StatusServerOptions, 'trouble' | 'onComplete'> & { archive?: string }
): Promise<Workplace> {
  const log = serviceLog(host.stdout);
  const queue = openQueue(args.queue, log);
  const metrics = new ServiceMetrics(queue);
  const workers = Array.from({ length: args.workers }, () =>
    host.createQueueWorker(settingsOf(args), args.jobTimeoutMs)
  );
  const perform = createPerformer({ workers, metrics, log, notify: args.notify, archive });
  const status =
    args.listen && (await startStatusServer({ listen: args.listen, queue, metrics, trouble, onComplete }));
  if (status) {
    log.info({ port: status.port }, 'status page');
  }
  const work: RunningWork | undefined = workers.length > 0 ? queue.work(workers.length, perform) : undefined;
  return {
    queue,
    log,
    async close() {
      await work?.stop();
      await Promise.all(workers.map(worker => worker.close()));
      await status?.close();
      await queue.close();
    },
  };
}

function openQueue(url: string | undefined, log: ServiceLog): JobQueue {
  if (url === undefined) {
    return new MemoryQueue();
  }
  let said = '';
  return new RedisQueue(url, error => {
    // A Redis that is away says so many times a second.
    if (error.message !== said) {
      said = error.message;
      log.warn({ reason: error.message }, 'the queue has trouble');
    }
  });
}

function settingsOf({ models, provider, workers, archive }: WorkArguments): ArchiveScoreSettings {
  const threads = Math.max(1, Math.floor(availableParallelism() / Math.max(1, workers)));
  return { models, provider, threads, archive };
}
