import { setTimeout as pause } from 'node:timers/promises';
import type { ArchiveClient } from '../archive/archiveClient';
import type { OrthancChanges } from './orthancChanges';
import type { ServiceLog } from './serviceLog';
import type { StudyWatch } from './studyWatch';
import { UndatedSweep } from './undatedSweep';

export const UNDATED_UNKNOWN = 'studies without a Study Date cannot be looked for';
/** Pause between two times through all studies of an archive that tells what is new, ms. */
const REST_MS = 3_600_000;

export interface SeekUndatedOptions {
  readonly client: Pick<ArchiveClient, 'anyStudies'>;
  readonly watch: Pick<StudyWatch, 'see' | 'forgetUnseen'>;
  readonly log: Pick<ServiceLog, 'info' | 'warn'>;
}

export interface SeekOnOptions extends SeekUndatedOptions {
  readonly changes: Pick<OrthancChanges, 'latest' | 'undatedStudies'>;
  /** Pauses between two questions, ms: to an archive without changes, and to one that tells of them. */
  readonly pollMs: number;
  readonly changesPollMs: number;
  readonly stop: AbortSignal;
  /** A stopwatch, ms. */
  readonly clock: () => number;
}

/** Shows the watch each study of the archive without a date, once. Rejects where it does not answer. */
export async function seekUndatedOnce(options: SeekUndatedOptions): Promise<undefined> {
  // A clock that stands still knows no pause.
  const sweep = createSweep(options, () => 0);
  while ((await sweep.step(() => 0)) !== 'ended') {
    // The next page.
  }
  return undefined;
}

/**
 * Shows the watch the studies without a date until it is told to stop: those that the archive tells are new,
 * where it does, and all that it holds, a page a poll. Nothing waits for that, and a failure is told once.
 */
export async function seekUndated(options: SeekOnOptions): Promise<void> {
  const { watch, log, changes, stop, clock } = options;
  let since: number | undefined;
  let said: string | undefined;
  const sweep = createSweep(options, () => (since === undefined ? 0 : REST_MS));

  /** What has changed since the last question. */
  const follow = async (): Promise<void> => {
    const latest = await changes.latest();
    if (latest === undefined || latest === since) {
      return;
    }
    if (since === undefined || latest < since) {
      // What came before, or was counted by an archive that has begun anew, is not told of.
      since = latest;
      sweep.restart();
      return;
    }
    const { studies, last } = await changes.undatedStudies(since);
    studies.forEach(study => watch.see(study, clock(), true));
    since = last;
  };

  while (!stop.aborted) {
    try {
      await follow();
      if ((await sweep.step(clock)) !== 'rested') {
        said = undefined;
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== said) {
        log.warn({ reason }, UNDATED_UNKNOWN);
      }
      said = reason;
    }
    const rest = since === undefined ? options.pollMs : options.changesPollMs;
    await pause(rest, undefined, { signal: stop }).catch(() => undefined);
  }
}

function createSweep({ client, watch, log }: SeekUndatedOptions, restMs: () => number): UndatedSweep {
  return new UndatedSweep({
    client,
    restMs,
    onStudy: (study, at, isFirst) => watch.see(study, at, !isFirst),
    onEnd: ({ studies, undated, beganAt, isFirst }) => {
      watch.forgetUnseen(beganAt);
      if (isFirst) {
        log.info({ studies, undated }, 'all studies were looked through for those without a Study Date');
      }
    },
  });
}
