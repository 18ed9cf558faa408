import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Parent to worker: settings once, then one job at a time. */
type Order<Settings, Job> = { readonly settings: Settings } | { readonly job: Job };

export interface ProcessWorker<Job, Result> {
  /** One job at a time. Resolves with what `failed` makes of it where the process ends before it answers. */
  run(job: Job): Promise<Result>;
  /** Resolves when the process has ended. A job in progress is dropped: its promise stays pending. */
  close(): Promise<void>;
}

export interface ProcessWorkerOptions<Settings, Job, Result> {
  /** The script that runs this program, and the hidden first argument with which it serves as such a worker. */
  readonly program: string;
  readonly argument: string;
  readonly settings: Settings;
  readonly failed: (error: Error, job: Job) => Result;
}

/** How long a worker may compute on before it looks whether it was closed, ms; then it is killed. */
const PATIENCE_MS = 3_000;

/** A worker in a process of its own, started at its first job and again after a crash, which costs one job and no other. */
export function processWorker<Settings, Job, Result>(
  options: ProcessWorkerOptions<Settings, Job, Result>
): ProcessWorker<Job, Result> {
  let child: ChildProcess | undefined;
  let closed = false;
  const start = () => {
    const { program, argument, settings } = options;
    const started = fork(program, [argument], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    started.send({ settings } satisfies Order<Settings, Job>, ignored);
    return started;
  };
  return {
    async run(job) {
      if (closed) {
        throw new Error('the worker was closed');
      }
      child ??= start();
      const result = await answerOf(child, job, options.failed);
      if (hasEnded(child) || !child.connected) {
        child = undefined;
      }
      return result;
    },
    async close() {
      closed = true;
      if (child && !hasEnded(child)) {
        await end(child);
      }
    },
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** The other side may end while a message is on its way: its end is told by `exit` or `disconnect`, and by no stack trace. */
const ignored = (): void => undefined;

/** Hangs up, upon which the worker ends between two steps of its work, so that no file of it stays half written. */
async function end(child: ChildProcess): Promise<void> {
  child.removeAllListeners('message').removeAllListeners('exit');
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  if (child.connected) {
    child.disconnect();
  }
  await ended;
  clearTimeout(timer);
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
    child.send({ job }, ignored);
  });
}

/** The worker's side: does what the parent sends. Ends the process when the parent hangs up, whatever it does. */
export function serveJobs<Settings, Job, Result>(
  create: (settings: Settings) => (job: Job) => Promise<Result>
): Promise<never> {
  let run: ((job: Job) => Promise<Result>) | undefined;
  // Ctrl+C and service managers tell all processes to stop: it is the parent's to say when this one's job is done.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => undefined);
  }
  process.on('disconnect', () => process.exit());
  process.on('message', async (order: Order<Settings, Job>) => {
    if ('settings' in order) {
      run = create(order.settings);
    } else if (run) {
      const result = await run(order.job);
      if (process.connected) {
        process.send?.(result, undefined, undefined, ignored);
      }
    }
  });
  return new Promise(() => undefined);
}
