import { appendFileSync, createReadStream, existsSync, truncateSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { uidOfNiftiFile } from '../nifti/niftiSeries';
import type { StudyInput } from './findStudies';
import { studyName, type Outcome } from './outcome';

/** One outcome as JSON: an AspectsResult, or `{"error": {...}}`. */
export function outcomeJson(outcome: Outcome): object {
  return outcome.kind === 'scored' ? outcome.result : { error: outcome.error };
}

/**
 * JSON lines, one a study, appended as studies finish, so that a batch that was stopped can go on where it was.
 * A study counts as done when it was scored or refused; one that failed for another reason is tried again.
 */
export class ResultLog {
  private constructor(
    private readonly path: string,
    private readonly done: ReadonlySet<string>
  ) {}

  /** @param resume keeps what the file holds; otherwise it is emptied */
  static async open(path: string, resume: boolean): Promise<ResultLog> {
    if (resume && existsSync(path)) {
      return new ResultLog(path, await readDone(path));
    }
    writeFileSync(path, '');
    return new ResultLog(path, new Set());
  }

  isDone(study: StudyInput): boolean {
    if (this.done.size === 0) {
      return false;
    }
    return (
      this.done.has(studyName(study)) || (study.kind === 'nifti' && this.done.has(uidOfNiftiFile(study.file)))
    );
  }

  append(outcome: Outcome): void {
    appendFileSync(this.path, `${JSON.stringify(outcomeJson(outcome))}\n`);
  }
}

/** Names of the studies in the log. A last line that was cut off by the stop is removed: its study is done again. */
async function readDone(path: string): Promise<Set<string>> {
  const done = new Set<string>();
  let wholeBytes = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const name = line ? doneStudy(line) : undefined;
    if (name === 'torn') {
      truncateSync(path, wholeBytes);
      break;
    }
    wholeBytes += Buffer.byteLength(line) + 1;
    if (name) {
      done.add(name);
    }
  }
  return done;
}

function doneStudy(text: string): string | undefined {
  const line = parsed(text);
  if (!line) {
    return 'torn';
  }
  if (line.error) {
    return line.error.code === 'INTERNAL_ERROR' ? undefined : line.error.details?.study;
  }
  return line.series?.studyInstanceUID;
}

interface LogLine {
  readonly error?: { readonly code?: string; readonly details?: { readonly study?: string } };
  readonly series?: { readonly studyInstanceUID?: string };
}

function parsed(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}
