import { randomUUID } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../exitStatus';
import { foundAt, ownFileAt } from './foundAt';

/**
 * A result could not be written: the disk is full, the folder gone, the file protected. The message
 * names the file.
 */
export class OutputError extends Error {
  override readonly name = 'OutputError';

  constructor(path: string, cause: unknown) {
    super(`${path} cannot be written: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Writes a file whole or not at all: next to its place, flushed to the disk, then renamed. What stood there
 * before stays until then. Its folder is made where it is missing; links are followed; devices and pipes are
 * written as they are.
 *
 * @throws OutputError after which no part of it is left
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  try {
    const old = foundAt(path);
    if (old && !old.isFile()) {
      writeFileSync(path, content);
      return;
    }
    makeFolder(dirname(path));
    replaceFile(old ? realpathSync(path) : path, content, old);
  } catch (cause) {
    throw new OutputError(path, cause);
  }
}

/**
 * `writeWhole` for a name that the program chose: what lies there, be it a link or a pipe, is replaced, never
 * written through. Whoever may write into the folder could have put it there to reach a foreign file.
 *
 * @throws OutputError after which no part of it is left
 */
export function writeInFolder(folder: string, name: string, content: string | Uint8Array): void {
  const path = join(folder, name);
  try {
    makeFolder(folder);
    replaceFile(path, content, ownFileAt(path));
  } catch (cause) {
    throw new OutputError(path, cause);
  }
}

function replaceFile(path: string, content: string | Uint8Array, old: Stats | undefined): void {
  const part = partBeside(path);
  try {
    const file = openSync(part, 'wx', old?.mode);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(part, path);
  } catch (cause) {
    rmSync(part, { force: true });
    throw cause;
  }
}

/**
 * Makes sure, before anything is computed, that the file of an option can be written; its folder is made.
 *
 * @param path a file, or a folder that takes several; undefined and `-` (standard output) need nothing
 * @throws UsageError
 */
export function requireWritable(option: string, path: string | undefined, isFolder = false): void {
  if (path === undefined || path === '-') {
    return;
  }
  try {
    if (path === '') {
      throw new Error('it has no name');
    }
    const old = foundAt(path);
    if (!isFolder && old?.isDirectory()) {
      throw new Error('it is a folder; name a file');
    }
    if (!isFolder && old) {
      accessSync(path, constants.W_OK);
    }
    if (isFolder || !old || old.isFile()) {
      probeFolder(isFolder ? path : dirname(path));
    }
  } catch (cause) {
    throw new UsageError(`${option} ${path} cannot be written: ${reasonOf(cause)}`);
  }
}

function probeFolder(folder: string): void {
  makeFolder(folder);
  const probe = partBeside(join(folder, 'probe'));
  closeSync(openSync(probe, 'wx'));
  rmSync(probe);
}

/** One by one: Node's own recursion never ends where a file system takes no folder, as /proc. */
function makeFolder(folder: string): void {
  const isFolder = () => foundAt(folder)?.isDirectory() === true;
  if (isFolder()) {
    return;
  }
  if (dirname(folder) !== folder) {
    makeFolder(dirname(folder));
  }
  try {
    mkdirSync(folder);
  } catch (cause) {
    // Another program may have made it meanwhile.
    if (!isFolder()) {
      throw cause;
    }
  }
}

/**
 * A name of its own, for programs on several machines write into one folder; short, for the file's may be as
 * long as names can be.
 */
function partBeside(path: string): string {
  return join(dirname(path), `.${randomUUID()}.part`);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
