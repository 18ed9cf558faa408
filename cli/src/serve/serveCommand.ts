import { setTimeout as pause } from 'node:timers/promises';
import { ArchiveClient } from '../archive/archiveClient';
import { connectArchive } from '../archive/archiveSettings';
import { programIdentity } from '../archive/archiveStudy';
import type { CommandHost } from '../commandHost';
import { EXIT } from '../exitStatus';
import { ListingPace } from './listingPace';
import { orthancChanges, type ChangeCounter } from './orthancChanges';
import { parseServeArguments, type ServeArguments } from './serveArguments';
import type { ServiceLog } from './serviceLog';
import { StudyWatch } from './studyWatch';
import { openWorkplace, type Workplace } from './workplace';

/** Pause between questions to an archive that counts its changes, ms. */
const CHANGES_POLL_MS = 1_000;
const RECHECK_POLLS = 12;
const DRAIN_POLL_MS = 250;
const NO_ANSWER = 'the archive or the queue does not answer';

/**
 * `deep-aspects serve`: see docs/serve.md. Resolves to the exit status when it is told to stop, or
 * with `--once`.
 */
export async function serveCommand(argv: readonly string[], host: CommandHost): Promise<number> {
  const args = parseServeArguments(argv, host.environment, host.defaultModels);
  const program = programIdentity(args.models);
  const connection = connectArchive({ ...args.archive, url: args.url });
  let trouble: string | undefined = 'the archive was not asked yet';
  const place = await openWorkplace(args, host, {
    archive: args.url,
    trouble: () => trouble,
    onComplete: (study, sender) => watch.announce(study, sender),
  });
  const watch = new StudyWatch({
    client: new ArchiveClient(connection),
    archive: args.url,
    queue: place.queue,
    program,
    since: args.since,
    settleMs: args.once ? 0 : args.settleMs,
    recheckMs: RECHECK_POLLS * args.pollMs,
    urgent: args.urgent,
    onTrouble: (study, reason) => place.log.warn({ study, reason }, 'the study cannot be asked about'),
  });
  const { log } = place;
  log.info({ archive: args.url, workers: args.workers, queue: args.queue ? 'redis' : 'memory' }, 'serving');
  try {
    if (args.once) {
      return await serveOnce(watch, place, host.stop);
    }
    await watchUntilStopped(watch, args, {
      queue: place.queue,
      changes: orthancChanges(connection),
      stop: host.stop,
      log,
      onTrouble: reason => (trouble = reason),
    });
    return EXIT.done;
  } finally {
    log.info({}, 'stopping: jobs in progress are ended first');
    await place.close();
    await connection.close();
  }
}

/** One look at the archive, and until everything that it offers is done. */
async function serveOnce(watch: StudyWatch, { queue, log }: Workplace, stop: AbortSignal): Promise<number> {
  const now = Date.now();
  let unasked: number;
  try {
    const studies = await watch.list(now);
    log.info({ studies }, 'studies with CT since that day');
    unasked = await watch.offer(now);
  } catch (error) {
    log.error({ reason: reasonOf(error) }, NO_ANSWER);
    return EXIT.failed;
  }
  for (;;) {
    const { queued, running, failed } = await queue.counts();
    if (queued + running === 0) {
      return failed + unasked > 0 ? EXIT.failed : EXIT.done;
    }
    if (stop.aborted) {
      return EXIT.failed;
    }
    await pause(DRAIN_POLL_MS);
  }
}

interface WatchPorts {
  readonly queue: Workplace['queue'];
  readonly changes: ChangeCounter;
  readonly stop: AbortSignal;
  readonly log: ServiceLog;
  readonly onTrouble: (reason: string | undefined) => void;
}

async function watchUntilStopped(
  watch: StudyWatch,
  { pollMs }: Pick<ServeArguments, 'pollMs'>,
  { queue, changes, stop, log, onTrouble }: WatchPorts
): Promise<void> {
  const pace = new ListingPace({ pollMs, anywayMs: RECHECK_POLLS * pollMs });
  let said: string | undefined;
  while (!stop.aborted) {
    const change = await changes();
    const now = Date.now();
    try {
      if (pace.isDue(now, change)) {
        await watch.list(now);
        pace.listed(now, Date.now(), change);
      } else if (pace.isKnown(change)) {
        watch.unchanged(now);
      }
      await watch.offer(Date.now());
      if (said !== undefined) {
        log.info({}, 'the archive answers again');
        // Jobs that failed meanwhile failed for that.
        await queue.forgetFailed();
      }
      said = undefined;
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== said) {
        log.warn({ reason }, NO_ANSWER);
      }
      said = reason;
    }
    onTrouble(said === undefined ? undefined : `${NO_ANSWER}: ${said}`);
    const rest = change === undefined ? pollMs : Math.min(pollMs, CHANGES_POLL_MS);
    await pause(rest, undefined, { signal: stop }).catch(() => undefined);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
