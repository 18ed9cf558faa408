import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import { Refusal, type RefusalCode } from '@deep-aspects/aspects/series';
import type { Networks } from '../models/networks';
import { outcomeOfError, type ErrorRecord } from '../score/outcome';
import { firstFit } from '../score/pickSeries';
import { scoreWith } from '../score/scoreStudy';
import type { ScoreSettings } from '../score/scorer';
import { ArchiveClient } from './archiveClient';
import { archiveCandidates, readStudyMetadata } from './archiveSeries';
import { connectArchive, type ArchiveConnection, type ArchiveSettings } from './archiveSettings';
import { hasChanged, hasOutcome, outcomeOf, programIdentity, type ArchiveStudy } from './archiveStudy';
import { storeRefusal, storeResult } from './storeOutcome';

/** Seconds of each step. */
export type StepSeconds = Readonly<Record<'fetch' | 'score' | 'store', number>>;

/**
 * What became of a study in an archive; `present`: somebody else had stored its outcome already; `changed`:
 * its images are no longer those that were to be scored (more have come, or it was deleted), so that
 * nothing was stored.
 */
export type ArchiveOutcome =
  | { readonly kind: 'present' }
  | { readonly kind: 'changed' }
  | {
      readonly kind: 'scored';
      readonly result: AspectsResult;
      readonly changedByReader: boolean;
      readonly seconds: StepSeconds;
    }
  | { readonly kind: 'refused'; readonly error: ErrorRecord; readonly seconds: StepSeconds }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };

/** `archive`: how archives are reached; the address is each study's own. */
export type ArchiveScoreSettings = ScoreSettings & { readonly archive: Omit<ArchiveSettings, 'url'> };

/** Not the study's fault: to be tried again, never marked in the archive. */
const ENVIRONMENT: ReadonlySet<RefusalCode> = new Set([
  'MODEL_UNAVAILABLE',
  'MODEL_HASH_MISMATCH',
  'OUT_OF_MEMORY',
  'CANCELLED',
]);

/** Scores studies of archives in this process: fetches, scores and stores. Never rejects. */
export function createArchiveScorer(
  settings: ArchiveScoreSettings,
  networks: Networks
): (study: ArchiveStudy) => Promise<ArchiveOutcome> {
  return async study => {
    let connection: ArchiveConnection | undefined;
    let folder: string | undefined;
    const remove = () => folder && rmSync(folder, { recursive: true, force: true });
    // A worker whose parent is gone ends at once, and must leave no images of a patient behind.
    process.once('exit', remove);
    try {
      folder = await mkdtemp(join(tmpdir(), 'deep-aspects-study-'));
      connection = connectArchive({ ...settings.archive, url: study.archive });
      return await scoreAndStore(study, { connection, folder, networks, settings });
    } catch (thrown) {
      return failureOf(thrown, study);
    } finally {
      await connection?.close();
      process.off('exit', remove);
      remove();
    }
  };
}

/** The failed outcome of an attempt that threw. */
function failureOf(thrown: unknown, study: ArchiveStudy): ArchiveOutcome {
  return { kind: 'failed', error: outcomeOfError(thrown, study).error };
}

interface Workplace {
  readonly connection: ArchiveConnection;
  readonly folder: string;
  readonly networks: Networks;
  readonly settings: ArchiveScoreSettings;
}

async function scoreAndStore(
  study: ArchiveStudy,
  { connection, folder, networks, settings }: Workplace
): Promise<ArchiveOutcome> {
  const own = outcomeOf(study.studyInstanceUID, study.contents, programIdentity(settings.models));
  if (own !== study.outcome) {
    throw new Error('this worker has another version of the program or of the networks than the server');
  }
  const client = new ArchiveClient(connection);
  if (await hasOutcome(client, study)) {
    return { kind: 'present' };
  }
  if (await hasChanged(client, study)) {
    return { kind: 'changed' };
  }
  const clock = new StepClock();
  const metadata = await readStudyMetadata(client, study);
  const target = { connection, study, metadata };
  try {
    const candidates = archiveCandidates(client, study.studyInstanceUID, metadata, folder);
    const { series, scored } = await firstFit(candidates, async fit => {
      clock.begin('score');
      try {
        return { series: fit, scored: await scoreWith(networks, fit) };
      } finally {
        clock.begin('fetch');
      }
    });
    if (await hasChanged(client, study)) {
      return { kind: 'changed' };
    }
    clock.begin('store');
    const stored = await storeResult(target, series, scored);
    return { kind: 'scored', ...stored, seconds: clock.end() };
  } catch (thrown) {
    if (!(thrown instanceof Refusal) || ENVIRONMENT.has(thrown.code)) {
      throw thrown;
    }
    if (await hasChanged(client, study)) {
      return { kind: 'changed' };
    }
    clock.begin('store');
    await storeRefusal(target, thrown);
    const { code, message, details } = thrown;
    return { kind: 'refused', error: { code, message, details }, seconds: clock.end() };
  }
}

/** Adds up what each step took, s. */
class StepClock {
  private readonly seconds = { fetch: 0, score: 0, store: 0 };
  private step: keyof StepSeconds = 'fetch';
  private since = performance.now();

  begin(step: keyof StepSeconds): void {
    const now = performance.now();
    this.seconds[this.step] += (now - this.since) / 1000;
    this.since = now;
    this.step = step;
  }

  end(): StepSeconds {
    this.begin('fetch');
    return this.seconds;
  }
}
