import { join } from 'node:path';
import { SOFTWARE } from '@deep-aspects/aspects/scoring';
import { Refusal } from '@deep-aspects/aspects/series';
import type { CommandHost } from './commandHost';
import { compareCommand } from './compare/compareCommand';
import { evaluateCommand } from './evaluate/evaluateCommand';
import { EXIT, UsageError } from './exitStatus';
import { prepareCommand } from './prepare/prepareCommand';
import { RemoteFiles } from './queue/remoteFiles';
import { scoreCommand } from './score/scoreCommand';
import { createScorer } from './score/scoreStudy';
import { processScorer, serveAsWorker, WORKER_ARGUMENT } from './score/workerPool';
import { processQueueWorker, QUEUE_WORKER_ARGUMENT, serveAsQueueWorker } from './serve/queueWorker';
import { serveCommand } from './serve/serveCommand';
import { workerCommand } from './serve/workerCommand';
import { USAGE } from './usage';

const COMMANDS: Readonly<Record<string, (argv: readonly string[], host: CommandHost) => Promise<number>>> = {
  score: scoreCommand,
  evaluate: evaluateCommand,
  compare: compareCommand,
  prepare: prepareCommand,
  serve: serveCommand,
  worker: workerCommand,
};

/**
 * Runs one command.
 *
 * @param argv the arguments after the program's name
 * @returns the exit status: 0 done, 1 failed, 2 wrong usage, 3 refused
 */
export async function run(argv: readonly string[], host: CommandHost): Promise<number> {
  const [name, ...rest] = argv;
  if (name === '--help' || name === 'help' || rest.includes('--help')) {
    host.stdout.write(USAGE);
    return EXIT.done;
  }
  if (name === '--version') {
    host.stdout.write(`${SOFTWARE.version}\n`);
    return EXIT.done;
  }
  try {
    const command = name === undefined ? undefined : COMMANDS[name];
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
    host.stderr.write(`usage: ${thrown.message}\n\n${USAGE}`);
    return EXIT.usage;
  }
  if (thrown instanceof Refusal) {
    host.stderr.write(`${thrown.code}: ${thrown.message}\n`);
    return EXIT.refused;
  }
  host.stderr.write(`INTERNAL_ERROR: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
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
    await serveAsWorker(createScorer);
    return EXIT.done;
  }
  if (argv[0] === QUEUE_WORKER_ARGUMENT) {
    await serveAsQueueWorker();
    return EXIT.done;
  }
  return run(argv, {
    stdout: process.stdout,
    stderr: process.stderr,
    defaultModels: join(root, 'models'),
    createScorer,
    createProcessScorer: settings => processScorer(program, settings),
    createQueueWorker: settings => processQueueWorker(program, settings),
    openRemoteFiles: (url, models) => new RemoteFiles(url, models, error => noteQueueTrouble(error)),
    environment: process.env,
    stop: argv[0] === 'serve' || argv[0] === 'worker' ? stopSignal() : new AbortController().signal,
  });
}

let lastTrouble = '';

/** A Redis that is away says so many times a second. */
function noteQueueTrouble({ message }: Error): void {
  if (message !== lastTrouble) {
    lastTrouble = message;
    process.stderr.write(`the queue has trouble: ${message}\n`);
  }
}

/** The first SIGTERM or SIGINT asks to stop; a second one ends at once, as without a handler. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => controller.abort());
  }
  return controller.signal;
}
