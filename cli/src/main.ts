import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SOFTWARE } from '@deep-aspects/aspects/scoring';
import { Refusal } from '@deep-aspects/aspects/series';
import type { CommandHost } from './commandHost';
import { compareCommand } from './compare/compareCommand';
import { evaluateCommand } from './evaluate/evaluateCommand';
import { EXIT, Stopped, UsageError } from './exitStatus';
import { textOutput, type TextOutput } from './output/textOutput';
import { prepareCommand } from './prepare/prepareCommand';
import { RedisRemoteFiles } from './queue/remoteFiles';
import { scoreCommand } from './score/scoreCommand';
import { createScorer } from './score/scoreStudy';
import { processScorer, serveAsWorker, WORKER_ARGUMENT } from './score/workerPool';
import { processQueueWorker, QUEUE_WORKER_ARGUMENT, serveAsQueueWorker } from './serve/queueWorker';
import { serveCommand } from './serve/serveCommand';
import { workerCommand } from './serve/workerCommand';
import { USAGE } from './usage';

type Command = (argv: readonly string[], host: CommandHost) => Promise<number>;

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['score', untilStopped(scoreCommand)],
  ['evaluate', untilStopped(evaluateCommand)],
  ['compare', untilStopped(compareCommand)],
  ['prepare', untilStopped(prepareCommand)],
  // Services end what they have begun.
  ['serve', serveCommand],
  ['worker', workerCommand],
]);

/**
 * The command, given up when the program is told to stop: whatever is still computed is the caller's to end.
 */
function untilStopped(command: Command): Command {
  return (argv, host) => {
    const stopped = new Promise<never>((_, reject) => {
      const stop = () => reject(host.stop.reason as Error);
      if (host.stop.aborted) {
        stop();
      }
      host.stop.addEventListener('abort', stop, { once: true });
    });
    return Promise.race([command(argv, host), stopped]);
  };
}

/**
 * Runs one command.
 *
 * @param argv the arguments after the program's name
 * @returns the exit status: 0 done, 1 failed, 2 wrong usage, 3 refused, 130 or 143 stopped by a signal
 */
export async function run(argv: readonly string[], host: CommandHost): Promise<number> {
  const [name, ...rest] = argv;
  if (name === '--help' || name === 'help' || rest.includes('--help')) {
    host.stdout.write(USAGE);
    return EXIT.done;
  }
  if (name === '--version') {
    host.stdout.writeLine(SOFTWARE.version);
    return EXIT.done;
  }
  try {
    const command = name === undefined ? undefined : COMMANDS.get(name);
    if (!command) {
      throw new UsageError(name === undefined ? 'no command given' : `there is no command "${name}"`);
    }
    return await command(rest, host);
  } catch (thrown) {
    return reportError(thrown, host);
  }
}

function reportError(thrown: unknown, host: CommandHost): number {
  if (thrown instanceof UsageError) {
    host.stderr.writeLine(`usage: ${thrown.message}`);
    host.stderr.write(`\n${USAGE}`);
    return EXIT.usage;
  }
  if (thrown instanceof Stopped) {
    host.stderr.writeLine(thrown.message);
    return thrown.exitStatus;
  }
  if (thrown instanceof Refusal) {
    host.stderr.writeLine(`${thrown.code}: ${thrown.message}`);
    return EXIT.refused;
  }
  host.stderr.writeLine(`INTERNAL_ERROR: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  return EXIT.failed;
}

/**
 * The program: what `bin/deep-aspects.mjs` calls.
 *
 * @param program the script itself, to start worker processes with
 * @param root the repository or package folder, which holds `models/`
 */
export async function main(argv: readonly string[], program: string, root: string): Promise<number> {
  if (argv[0] === WORKER_ARGUMENT) {
    return serveAsWorker(createScorer);
  }
  if (argv[0] === QUEUE_WORKER_ARGUMENT) {
    return serveAsQueueWorker();
  }
  const stop = stopSignal();
  const stderr = textOutput(process.stderr);
  const started: { close(): Promise<void> }[] = [];
  const noted = <T extends { close(): Promise<void> }>(worker: T): T => {
    started.push(worker);
    return worker;
  };
  const host: CommandHost = {
    stdout: textOutput(process.stdout),
    stderr,
    defaultModels: join(root, 'models'),
    createScorer,
    createProcessScorer: settings => noted(processScorer(program, settings)),
    createQueueWorker: (settings, limitMs) => processQueueWorker(program, settings, limitMs),
    openRemoteFiles: (url, models) => noted(new RedisRemoteFiles(url, models, oncePerTrouble(stderr))),
    environment: process.env,
    stop,
  };
  const status = await run(argv, host);
  // What went wrong with the last write is told a turn later.
  await nextTurn();
  if (!stop.aborted) {
    return status;
  }
  await Promise.all(started.map(worker => worker.close()));
  const isUntold = status === EXIT.done && !(stop.reason instanceof Stopped);
  // What computes in this process hears of no signal.
  process.exit(isUntold ? reportError(stop.reason, host) : status);
}

/** A Redis that is away says so many times a second. */
function oncePerTrouble(stderr: TextOutput): (error: Error) => void {
  let last = '';
  return ({ message }) => {
    if (message !== last) {
      last = message;
      stderr.writeLine(`the queue has trouble: ${message}`);
    }
  };
}

/**
 * The first SIGTERM or SIGINT asks to stop, and so does standard output that takes nothing more (a full disk,
 * a closed pipe); a second signal ends at once, as without a handler.
 */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => controller.abort(new Stopped(signal)));
  }
  process.stdout.on('error', ({ message }) =>
    controller.abort(new Error(`standard output cannot be written: ${message}`))
  );
  // There is nowhere left to say it.
  process.stderr.on('error', () => undefined);
  return controller.signal;
}
