import { fork, type ChildProcess } from 'node:child_process';

/** Parent to worker: settings once, then one job at a time. */
type Order<Settings, Job> = { readonly settings: Settings } | { readonly job: Job };

export interface ProcessWorker<Job, Result> {
  /** One job at a time. Resolves with what `failed` makes of it where the process ends before it answers. */
  run(job: Job): Promise<Result>;
  close(): Promise<void>;
}

export interface ProcessWorkerOptions<Settings, Job, Result> {
  /** The script that runs this program, and the hidden first argument with which it serves as such a worker. */
  readonly program: string;
  readonly argument: string;
  readonly settings: Settings;
  readonly failed: (error: Error, job: Job) => Result;
}

/** A worker in a process of its own, started at its first job and again after a crash, which costs one job and no other. */
export function processWorker<Settings, Job, Result>(
  options: ProcessWorkerOptions<Settings, Job, Result>
): ProcessWorker<Job, Result> {
  let child: ChildProcess | undefined;
  const start = () => {
    const { program, argument, settings } = options;
    const started = fork(program, [argument], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    started.send({ settings } satisfies Order<Settings, Job>);
    return started;
  };
  return {
    async run(job) {
      child ??= start();
      const result = await answerOf(child, job, options.failed);
      if (child.exitCode !== null || child.signalCode !== null || !child.connected) {
        child = undefined;
      }
      return result;
    },
    async close() {
      if (child?.connected) {
        child.disconnect();
      }
    },
  };
}

function answerOf<Job, Result>(
  child: ChildProcess,
  job: Job,
  failed: (error: Error, job: Job) => Result
): Promise<Result> {
  return new Promise(resolve => {
    const settle = (result: Result) => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(result);
    };
    const onMessage = (result: unknown) => settle(result as Result);
    const onExit = (code: number | null, signal: string | null) =>
      settle(failed(new Error(`the worker process ended (${signal ?? `status ${code}`})`), job));
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.send({ job });
  });
}

/** The worker's side: does what the parent sends until the parent hangs up. */
export function serveJobs<Settings, Job, Result>(
  create: (settings: Settings) => (job: Job) => Promise<Result>
): Promise<void> {
  let run: ((job: Job) => Promise<Result>) | undefined;
  // Ctrl+C and service managers tell all processes to stop: it is the parent's to say when this one's job is done.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => undefined);
  }
  return new Promise(resolve => {
    process.on('message', async (order: Order<Settings, Job>) => {
      if ('settings' in order) {
        run = create(order.settings);
      } else if (run) {
        const result = await run(order.job);
        if (process.connected) {
          process.send?.(result);
        }
      }
    });
    process.on('disconnect', () => resolve());
  });
}
