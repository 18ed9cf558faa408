import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TimeLimitError } from './timeLimit';

/** Parent to worker: settings once, then one job at a time. */
type Order<Settings, Job> = { readonly settings: Settings } | { readonly job: Job };

export interface ProcessWorker<Job, Result> {
  /**
   * One job at a time. Resolves with what `failed` makes of it where the process ends, or the time is over,
   * before it answers.
   */
  run(job: Job): Promise<Result>;
  /** Resolves when the process has ended. A job in progress is dropped: its promise stays pending. */
  close(): Promise<void>;
}

export interface ProcessWorkerOptions<Settings, Job, Result> {
  /**
   * The script that runs this program, and the hidden first argument with which it serves as such a worker.
   */
  readonly program: string;
  readonly argument: string;
  readonly settings: Settings;
  readonly failed: (error: Error, job: Job) => Result;
  /**
   * A job that takes longer, ms, is given up with a `TimeLimitError`, and its process with it;
   * undefined: none is.
   */
  readonly limitMs?: number;
}

/** How long a worker may compute on before it looks whether it was closed, ms; then it is killed. */
const PATIENCE_MS = 3_000;

/**
 * A worker in a process of its own, started at its first job and again after it has ended, which costs one
 * job and no other.
 */
export function processWorker<Settings, Job, Result>(
  options: ProcessWorkerOptions<Settings, Job, Result>
): ProcessWorker<Job, Result> {
  let child: ChildProcess | undefined;
  let question: Question<Result> | undefined;
  let closed = false;
  return {
    async run(job) {
      if (closed) {
        throw new Error('the worker was closed');
      }
      try {
        // One that was idle may have been ended by somebody else.
        child = child && isAlive(child) ? child : startProcess(options);
      } catch (error) {
        return options.failed(error as Error, job);
      }
      question = ask(child, job, options);
      return question.answer;
    },
    async close() {
      closed = true;
      question?.drop();
      if (child && !hasEnded(child)) {
        await end(child);
      }
    },
  };
}

/**
 * What it writes to temporary files goes with it, however it ends: images of a patient must not stay behind.
 */
function startProcess<Settings, Job, Result>({
  program,
  argument,
  settings,
}: ProcessWorkerOptions<Settings, Job, Result>): ChildProcess {
  const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-worker-'));
  const started = fork(program, [argument], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, TMPDIR: folder, TEMP: folder },
  });
  started.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  started.send({ settings } satisfies Order<Settings, Job>, ignored);
  return started;
}

function isAlive(child: ChildProcess): boolean {
  return !hasEnded(child) && child.connected;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/**
 * The other side may end while a message is on its way: its end is told by `exit` or `disconnect`, and by
 * no stack trace.
 */
const ignored = (): void => undefined;

/**
 * Hangs up, upon which the worker ends between two steps of its work, so that no file of it
 * stays half written.
 */
async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  if (child.connected) {
    child.disconnect();
  }
  await ended;
  clearTimeout(timer);
}

/** A job that was given to a process. */
interface Question<Result> {
  readonly answer: Promise<Result>;
  /** Listens no more: `answer` stays pending. */
  drop(): void;
}

function ask<Job, Result>(
  child: ChildProcess,
  job: Job,
  { failed, limitMs }: Pick<ProcessWorkerOptions<never, Job, Result>, 'failed' | 'limitMs'>
): Question<Result> {
  let drop = ignored;
  const answer = new Promise<Result>(resolve => {
    const onMessage = (result: unknown) => {
      drop();
      resolve(result as Result);
    };
    const onExit = (code: number | null, signal: string | null) => {
      drop();
      resolve(failed(new Error(`the worker process ended (${signal ?? `status ${code}`})`), job));
    };
    const onLimit = (limit: number) => {
      drop();
      void end(child).then(() => resolve(failed(new TimeLimitError(limit), job)));
    };
    const timer = limitMs === undefined ? undefined : setTimeout(onLimit, limitMs, limitMs);
    drop = () => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit);
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.send({ job }, ignored);
  });
  return { answer, drop };
}

/**
 * The worker's side: does what the parent sends. Ends the process when the parent hangs up, whatever it does.
 */
export function serveJobs<Settings, Job, Result>(
  create: (settings: Settings) => (job: Job) => Promise<Result>
): Promise<never> {
  let run: ((job: Job) => Promise<Result>) | undefined;
  // Ctrl+C and service managers tell all processes to stop: it is the parent's to say when this
  // one's job is done.
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
