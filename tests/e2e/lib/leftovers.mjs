import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/**
 * What is undone at the latest when this process ends, also by an error or a signal: nothing of a
 * test stays behind.
 */
const undoing = new Set();

process.once('exit', () => undoing.forEach(undo => undo()));

/** Signals then end this process as its last line does, so that what it started ends with it. */
export function endOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => process.exit(1));
  }
}

/** A new folder; `remove()` deletes it, and so does the end of this process. */
export async function temporaryFolder(name) {
  const folder = await mkdtemp(path.join(os.tmpdir(), `deep-aspects-${name}-`));
  const undo = () => rmSync(folder, { recursive: true, force: true });
  undoing.add(undo);
  return {
    folder,
    async remove() {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      undoing.delete(undo);
    },
  };
}

/** Has that child process killed when this one ends. */
export function endWithProcess(program) {
  const kill = () => program.kill('SIGKILL');
  undoing.add(kill);
  program.once('exit', () => undoing.delete(kill));
}
