import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import { Refusal } from '@deep-aspects/aspects/series';
import { EXIT } from '../exitStatus';
import type { NiftiStudy } from './findStudies';
import { TimeLimitError } from './timeLimit';

/**
 * As in docs/cli.md: `{"error": {...}}`; `INTERNAL_ERROR` is anything that is not a refusal, but
 * for `TIME_LIMIT`.
 */
export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Code of a job of the service that was given up after its time (`TimeLimitError`). */
export const TIME_LIMIT = 'TIME_LIMIT';

export interface ScoredOutcome {
  readonly kind: 'scored';
  readonly result: AspectsResult;
  /** What the user has to be told with the result. */
  readonly note?: string;
}

export interface UnscoredOutcome {
  readonly kind: 'refused' | 'failed';
  readonly error: ErrorRecord;
  /** There is a score all the same: SEG or SR of it could not be written. */
  readonly result?: AspectsResult;
}

export type Outcome = ScoredOutcome | UnscoredOutcome;

/** What `studyName` needs of a study, wherever it lies. */
export type NamedStudy =
  | Pick<NiftiStudy, 'kind' | 'file'>
  | { readonly kind: 'dicom' | 'archive'; readonly studyInstanceUID: string };

/** What identifies a study in notes, error records and when resuming. */
export function studyName(study: NamedStudy): string {
  return study.kind === 'nifti' ? study.file : study.studyInstanceUID;
}

/** The outcome of an attempt that threw; the study is named in the details. */
export function outcomeOfError(thrown: unknown, study: NamedStudy): UnscoredOutcome {
  const identity = { study: studyName(study) };
  if (thrown instanceof Refusal) {
    const { code, message, details } = thrown;
    return { kind: 'refused', error: { code, message, details: { ...identity, ...details } } };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = thrown instanceof TimeLimitError ? TIME_LIMIT : 'INTERNAL_ERROR';
  return { kind: 'failed', error: { code, message, details: identity } };
}

/**
 * One outcome as JSON: an AspectsResult, or `{"error": {...}}`, with the `result` where only its SEG or
 * SR is missing.
 */
export function outcomeJson(outcome: Outcome): object {
  if (outcome.kind === 'scored') {
    return outcome.result;
  }
  const { error, result } = outcome;
  return result ? { error, result } : { error };
}

/** In a batch, a failure outweighs a refusal, and a refusal outweighs success. */
export function exitStatusOf(outcomes: Iterable<'scored' | 'refused' | 'failed'>): number {
  const kinds = new Set(outcomes);
  if (kinds.has('failed')) {
    return EXIT.failed;
  }
  return kinds.has('refused') ? EXIT.refused : EXIT.done;
}
