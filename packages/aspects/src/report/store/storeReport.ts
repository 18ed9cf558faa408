import type { DicomObject, DicomReport, SerialisedObject } from '../types';
import type { ReportArchive } from './reportArchive';
import { storeFailure, storeFailureOf, type StoreFailure } from './storeFailure';

/** `unknown`: sent, but nobody can say whether it arrived. */
export type ObjectState = 'stored' | 'already-stored' | 'not-stored' | 'unknown';

/** What became of each object of a report. */
export interface StoreOutcome {
  /**
   * `complete`: the archive holds all objects. `partial`: some of them. `failed`: nothing new
   * that is known of.
   */
  readonly status: 'complete' | 'partial' | 'failed';
  readonly seg: ObjectState;
  readonly sr: ObjectState;
  /** Of the first picture that is not held, else of the last; absent where the report has none. */
  readonly keyImages?: ObjectState;
  /** Present unless `complete`. */
  readonly failure?: StoreFailure;
}

/** The object that is being sent, and how far the report is. */
export interface StoreProgress {
  readonly step: DicomObject['kind'];
  /** 0-100 over all objects, never decreasing. */
  readonly percent: number;
}

export interface StoreOptions {
  /** Longest wait for each answer, ms. */
  readonly timeoutMs?: number;
  readonly onProgress?: (progress: StoreProgress) => void;
  readonly signal?: AbortSignal;
  /**
   * How often, and with which pause (ms), an archive that indexes slowly is asked whether it has an
   * accepted object.
   */
  readonly confirm?: { readonly attempts: number; readonly pauseMs: number };
}

const DEFAULT_TIMEOUT_MS = 60_000;
/** A question is small: an archive that does not answer it soon is treated as one that cannot be asked. */
const LONGEST_QUERY_MS = 10_000;
const DEFAULT_CONFIRM = { attempts: 4, pauseMs: 500 };

/**
 * Stores SEG, then SR (which refers to it), then the pictures. Safe to repeat: what the archive already
 * holds is not sent again, and since UIDs are made from content, a repeat can at worst overwrite an
 * instance by itself. Never rejects: whatever happens is in the outcome, and the same report can be given
 * again for a retry.
 */
export async function storeReport(
  report: DicomReport,
  archive: ReportArchive,
  options: StoreOptions = {}
): Promise<StoreOutcome> {
  const objects: readonly DicomObject[] = [report.seg, report.sr, ...(report.keyImages ?? [])];
  const states: Partial<Record<DicomObject['kind'], ObjectState>> = {};
  let someHeld = false;
  let failure: StoreFailure | undefined;
  for (const [index, object] of objects.entries()) {
    options.onProgress?.({ step: object.kind, percent: (100 * index) / objects.length });
    const done = await storeObject(object, archive, options);
    states[object.kind] = done.state;
    someHeld ||= done.state === 'stored' || done.state === 'already-stored';
    if (done.failure) {
      failure = done.failure;
      break;
    }
  }
  const reached = {
    seg: states.SEG ?? 'not-stored',
    sr: states.SR ?? 'not-stored',
    ...(report.keyImages?.length && { keyImages: states.SC ?? 'not-stored' }),
  };
  if (failure) {
    return { status: someHeld ? 'partial' : 'failed', ...reached, failure };
  }
  options.onProgress?.({ step: objects[objects.length - 1].kind, percent: 100 });
  return { status: 'complete', ...reached };
}

/** What became of one object. */
export interface ObjectOutcome {
  readonly state: ObjectState;
  readonly failure?: StoreFailure;
}

/** Stores one object, as `storeReport` does with its own. Never rejects. */
export async function storeObject(
  object: SerialisedObject,
  archive: ReportArchive,
  options: StoreOptions
): Promise<ObjectOutcome> {
  if (options.signal?.aborted) {
    return { state: 'not-stored', failure: storeFailure('CANCELLED') };
  }
  if ((await isHeld(object, archive, options)) === true) {
    return { state: 'already-stored' };
  }
  const sent = await withDeadline(signal => archive.store(object, signal), options);
  if (sent.ok) {
    return confirmed(object, archive, sent.value, options);
  }
  const failure = storeFailureOf(sent.error, sent.cause);
  // After a cut or a time-out the object may have arrived all the same; after a clear refusal it has not.
  const isAmbiguous = failure.httpStatus === undefined || failure.httpStatus >= 500;
  const held =
    isAmbiguous && failure.code !== 'CANCELLED' ? await isHeld(object, archive, options) : undefined;
  if (held) {
    return { state: 'stored' };
  }
  return { state: isAmbiguous && held === undefined ? 'unknown' : 'not-stored', failure };
}

/**
 * An object counts as stored only where the archive names it: when asked, or, where it cannot be asked, in
 * its answer to the storing. Success alone is also what a login page says, or an archive that put the
 * failure inside.
 */
async function confirmed(
  object: SerialisedObject,
  archive: ReportArchive,
  isNamed: boolean,
  options: StoreOptions
): Promise<ObjectOutcome> {
  const { attempts, pauseMs } = options.confirm ?? DEFAULT_CONFIRM;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const held = await isHeld(object, archive, options);
    if (held ?? isNamed) {
      return { state: 'stored' };
    }
    if (held === undefined) {
      break;
    }
    if (attempt < attempts) {
      await new Promise(resolve => setTimeout(resolve, pauseMs));
    }
  }
  return { state: 'unknown', failure: storeFailure('NOT_CONFIRMED') };
}

/** Whether the archive holds the object; undefined where it cannot say, be it by failing. */
async function isHeld(
  object: SerialisedObject,
  archive: ReportArchive,
  options: StoreOptions
): Promise<boolean | undefined> {
  const timeoutMs = Math.min(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, LONGEST_QUERY_MS);
  const answer = await withDeadline(signal => archive.holds(object, signal), { ...options, timeoutMs });
  return answer.ok ? answer.value : undefined;
}

type Settled<T> = { ok: true; value: T } | { ok: false; error: unknown; cause?: 'timeout' | 'cancel' };

/**
 * Runs an operation until it settles, the time is over or the reader cancels; a client that ignores
 * the signal too.
 */
async function withDeadline<T>(
  operation: (signal: AbortSignal) => Promise<T>,
  options: StoreOptions
): Promise<Settled<T>> {
  const controller = new AbortController();
  let cause: 'timeout' | 'cancel' | undefined;
  let end: (reason: 'timeout' | 'cancel') => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    end = reason => {
      cause ??= reason;
      controller.abort();
      reject(new Error(reason));
    };
  });
  // Without a handler of its own a late end would count as an unhandled rejection.
  ended.catch(() => undefined);
  const timer = setTimeout(() => end('timeout'), options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const cancel = () => end('cancel');
  options.signal?.addEventListener('abort', cancel);
  try {
    return { ok: true, value: await Promise.race([operation(controller.signal), ended]) };
  } catch (error) {
    return { ok: false, error, cause };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', cancel);
  }
}
