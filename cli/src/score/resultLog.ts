import {
  appendFileSync,
  closeSync,
  createReadStream,
  openSync,
  readSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { createInterface } from 'node:readline';
import { UsageError } from '../exitStatus';
import { uidOfNiftiFile } from '../nifti/niftiSeries';
import { foundAt } from '../output/foundAt';
import { jsonText } from '../output/jsonText';
import { OutputError, writeWhole } from '../output/writeWhole';
import type { StudyInput } from './findStudies';
import { outcomeJson, studyName, type Outcome } from './outcome';

/**
 * JSON lines, one a study, appended as studies finish, so that a batch that was stopped can go on
 * where it was. A study counts as done when it was scored or refused; one that failed for another
 * reason is tried again.
 */
export class ResultLog {
  private constructor(
    private readonly path: string,
    private readonly done: ReadonlySet<string>,
    /** The first line takes the place of whatever the file holds. */
    private replaces: boolean
  ) {}

  /**
   * @param resume keeps what the file holds, but for a last line that was cut off; otherwise the first
   *   outcome replaces it
   * @throws UsageError where a file to resume holds anything else than such lines; it is left as it is
   */
  static async open(path: string, resume: boolean): Promise<ResultLog> {
    if (!resume || !foundAt(path)) {
      return new ResultLog(path, new Set(), true);
    }
    const { done, isTorn } = await readDone(path);
    const end = endOfLastLine(path);
    if (isTorn) {
      truncateSync(path, end);
    } else if (statSync(path).size > end) {
      appendFileSync(path, '\n');
    }
    return new ResultLog(path, done, false);
  }

  isDone(study: StudyInput): boolean {
    if (this.done.size === 0) {
      return false;
    }
    return (
      this.done.has(studyName(study)) || (study.kind === 'nifti' && this.done.has(uidOfNiftiFile(study.file)))
    );
  }

  /** @throws OutputError; the file then holds the lines before, whole */
  append(outcome: Outcome): void {
    const line = `${jsonText(outcomeJson(outcome))}\n`;
    if (this.replaces) {
      writeWhole(this.path, line);
      this.replaces = false;
      return;
    }
    const old = foundAt(this.path);
    try {
      appendFileSync(this.path, line);
    } catch (cause) {
      if (old?.isFile()) {
        truncateSync(this.path, old.size);
      }
      throw new OutputError(this.path, cause);
    }
  }
}

/**
 * Names of the studies in the log, and whether its last line was cut off by a stop: its study is done again.
 */
async function readDone(path: string): Promise<{ done: Set<string>; isTorn: boolean }> {
  const done = new Set<string>();
  let foreign: { readonly line: string; readonly number: number } | undefined;
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    if (foreign) {
      throw foreignLine(path, foreign.number);
    }
    number += 1;
    const entry = line ? logLine(line) : {};
    if (!entry) {
      foreign = { line, number };
    } else if (entry.study !== undefined) {
      done.add(entry.study);
    }
  }
  if (foreign && !(isBeginning(foreign.line) && statSync(path).size > endOfLastLine(path))) {
    throw foreignLine(path, foreign.number);
  }
  return { done, isTorn: foreign !== undefined };
}

function foreignLine(path: string, number: number): UsageError {
  return new UsageError(
    `--resume: line ${number} of ${path} is no result of a batch, so that the file is left as it is; name another one`
  );
}

/** The study of a line that counts as done; undefined where the line is none of ours. */
function logLine(text: string): { readonly study?: string } | undefined {
  const line = parsed(text);
  if (typeof line?.error?.code === 'string') {
    return { study: line.error.code === 'INTERNAL_ERROR' ? undefined : line.error.details?.study };
  }
  const study = line?.series?.studyInstanceUID;
  return typeof study === 'string' ? { study } : undefined;
}

interface LogLine {
  readonly error?: { readonly code?: string; readonly details?: { readonly study?: string } };
  readonly series?: { readonly studyInstanceUID?: string };
}

function parsed(text: string): LogLine | null | undefined {
  try {
    return JSON.parse(text) as LogLine | null;
  } catch {
    return undefined;
  }
}

/** How every line begins, whole or cut off. */
function isBeginning(text: string): boolean {
  return ['{"schemaVersion":', '{"error":'].some(start => start.startsWith(text) || text.startsWith(start));
}

const CHUNK_BYTES = 64 * 1024;

/** Where the bytes after the last line break begin. */
function endOfLastLine(path: string): number {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let end = statSync(path).size; end > 0;) {
      const start = Math.max(0, end - CHUNK_BYTES);
      const found = chunk.subarray(0, readSync(file, chunk, 0, end - start, start)).lastIndexOf('\n');
      if (found >= 0) {
        return start + found + 1;
      }
      end = start;
    }
    return 0;
  } finally {
    closeSync(file);
  }
}
