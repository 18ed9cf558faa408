import { setTimeout as pause } from 'node:timers/promises';
import { ArchiveClient } from '../archive/archiveClient';
import { connectArchive } from '../archive/archiveSettings';
import { programIdentity } from '../archive/archiveStudy';
import type { CommandHost } from '../commandHost';
import { EXIT } from '../exitStatus';
import { ListingPace } from './listingPace';
import { OrthancChanges } from './orthancChanges';
import { seekUndated, seekUndatedOnce, UNDATED_UNKNOWN } from './seekUndated';
import { parseServeArguments } from './serveArguments';
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
  const client = new ArchiveClient(connection);
  const watch = new StudyWatch({
    client,
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
      const seek = args.datedOnly ? undefined : () => seekUndatedOnce({ client, watch, log });
      return await serveOnce(watch, place, { seek, stop: host.stop });
    }
    const changes = new OrthancChanges(connection);
    const { stop } = host;
    const { pollMs } = args;
    const onTrouble = (reason: string | undefined) => (trouble = reason);
    const changesPollMs = Math.min(pollMs, CHANGES_POLL_MS);
    await Promise.all([
      watchUntilStopped(watch, { pollMs, changesPollMs, queue: place.queue, changes, stop, log, onTrouble }),
      !args.datedOnly &&
        seekUndated({ client, watch, log, changes, pollMs, changesPollMs, stop, clock: stopwatch }),
    ]);
    return EXIT.done;
  } finally {
    log.info({}, 'stopping: jobs in progress are ended first');
    await place.close();
    await connection.close();
  }
}

/** Never goes back, whatever is done to the clock of the machine, ms. */
const stopwatch = () => performance.now();

interface OnceOptions {
  /** Shows the watch what no list has. */
  readonly seek?: () => Promise<undefined>;
  readonly stop: AbortSignal;
}

/** One look at the archive, and until everything that it offers is done. */
async function serveOnce(
  watch: StudyWatch,
  { queue, log }: Workplace,
  { seek, stop }: OnceOptions
): Promise<number> {
  let unasked: number;
  try {
    const studies = await watch.list(stopwatch());
    log.info({ studies }, 'studies with CT since that day');
    await watch.offer(stopwatch());
    const sought = await seek?.().catch(reasonOf);
    if (sought !== undefined) {
      log.warn({ reason: sought }, `${UNDATED_UNKNOWN}; --dated-only leaves them alone`);
    }
    unasked = (await watch.offer(stopwatch())) + Number(sought !== undefined);
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
  readonly pollMs: number;
  readonly changesPollMs: number;
  readonly queue: Workplace['queue'];
  readonly changes: OrthancChanges;
  readonly stop: AbortSignal;
  readonly log: ServiceLog;
  readonly onTrouble: (reason: string | undefined) => void;
}

async function watchUntilStopped(
  watch: StudyWatch,
  { pollMs, changesPollMs, queue, changes, stop, log, onTrouble }: WatchPorts
): Promise<void> {
  const pace = new ListingPace({ pollMs, anywayMs: RECHECK_POLLS * pollMs });
  let said: string | undefined;
  while (!stop.aborted) {
    const change = await changes.latest();
    const now = stopwatch();
    try {
      if (pace.isDue(now, change)) {
        await watch.list(now);
        pace.listed(now, stopwatch(), change);
      } else if (pace.isKnown(change)) {
        watch.unchanged(now);
      }
      await watch.offer(stopwatch());
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
    const rest = change === undefined ? pollMs : changesPollMs;
    await pause(rest, undefined, { signal: stop }).catch(() => undefined);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
