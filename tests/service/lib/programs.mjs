import { spawn } from 'node:child_process';
import path from 'node:path';
import { endWithProcess } from '../../e2e/lib/leftovers.mjs';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const PROGRAM = path.join(ROOT, 'cli/bin/deep-aspects.mjs');
const NETWORKS = path.join(ROOT, 'tests/fixtures/models');

/** Runs `deep-aspects ...` in the background, with the hand-made networks unless others are named. */
export function startProgram(args, { models = NETWORKS, env = {} } = {}) {
  const child = spawn(process.execPath, [PROGRAM, ...args, '--models', models], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithProcess(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => (output += chunk));
  }
  const ended = new Promise(resolve => child.once('exit', (status, signal) => resolve({ status, signal })));
  return {
    child,
    output: () => output,
    /** The JSON lines that it logged. */
    log: () =>
      output
        .split('\n')
        .filter(line => line.startsWith('{'))
        .map(line => JSON.parse(line)),
    ended,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

/**
 * Runs `body` with a `startProgram` of its own, and the list of what it started. At its end all that it
 * started is killed, then each of `others` (archive, proxy, ...) is stopped; where it fails, the error holds
 * what the programs printed last.
 */
export async function withPrograms(others, body) {
  const running = [];
  const start = (...given) => {
    const program = startProgram(...given);
    running.push(program);
    return program;
  };
  try {
    await body(start, running);
  } catch (error) {
    const outputs = running.map(program => program.output().slice(-3000));
    throw new Error([error.stack, ...outputs].join('\n---\n'));
  } finally {
    await Promise.all(running.map(program => program.stop('SIGKILL')));
    for (const other of others) {
      await other.stop();
    }
  }
}

/** Waits until `condition` gives a truthy value, and gives that. Throws `what` after so many seconds. */
export async function until(what, seconds, condition) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const value = await condition().catch(() => undefined);
    if (value) {
      return value;
    }
    await new Promise(resolve => setTimeout(resolve, 250));
  }
  throw new Error(`not in ${seconds} s: ${what}`);
}
