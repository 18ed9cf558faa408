import type { ArchiveClient, ListedSeries, FoundStudy } from '../archive/archiveClient';
import { archiveStudy, ctSeries, hasOutcome, type ProgramIdentity } from '../archive/archiveStudy';
import type { JobQueue } from '../queue/jobQueue';
import { HttpStatusError } from '@deep-aspects/aspects/report';
import { runAll } from '../score/runAll';
import { mayShowHead } from './mayShowHead';
import { priorityOf } from './priority';

/** Studies asked about at a time. */
const QUESTIONS = 4;
/** So many failures without a success between are the archive's, no single study's. */
const FAILURES_IN_A_ROW = 2 * QUESTIONS;
/** Number of instances of a study of which the archive does not tell it. */
const UNCOUNTED = -1;
/** The same of a study that was announced before it was listed. */
const UNLISTED = 0;

export interface StudyWatchOptions {
  readonly client: Pick<ArchiveClient, 'ctStudies' | 'series' | 'holdsInstance'>;
  /** Root of the archive's DICOMweb service. */
  readonly archive: string;
  readonly queue: Pick<JobQueue, 'add'>;
  readonly program: ProgramIdentity;
  /** The first day of interest, `YYYYMMDD`, as of now. */
  readonly since: () => string;
  /** A study is complete when its number of instances has been the same for so long, ms. */
  readonly settleMs: number;
  /** A study whose job should be done by now is looked at again after so long, ms. */
  readonly recheckMs: number;
  readonly urgent?: RegExp;
  /** What the clock on the wall shows; the times that the methods are given are a stopwatch's. */
  readonly clock?: () => Date;
  /** Told when a study cannot be asked about, once for each reason; it is asked about again. */
  readonly onTrouble?: (studyInstanceUID: string, reason: string) => void;
}

interface Watched {
  study: FoundStudy;
  instances: number;
  /** Since when the number has been the same, or when the study was offered, ms. */
  since: number;
  state: 'settling' | 'offered' | 'closed';
  /** The archive told of it: it counts whatever its date, also without one. */
  announced?: boolean;
  /** When it was last seen apart from lists, which leave out what has no date, ms. */
  seenAt?: number;
  /** When it came, where no date says so. */
  arrivedAt?: Date;
  /** AE title of who sent it, where the archive told of it. */
  sender?: string;
  /** Why it could not be asked about. */
  trouble?: string;
}

/**
 * Finds what is to be done: the archive's head CT studies that are complete and lack an outcome of this
 * version. Holds a number a study and nothing else: after a restart the archive is asked again.
 */
export class StudyWatch {
  private readonly watched = new Map<string, Watched>();
  /** When the numbers were known to be right, ms. */
  private knownAt = -Infinity;

  constructor(private readonly options: StudyWatchOptions) {}

  /**
   * Asks for all studies, and notes which have changed. Resolves to their number; rejects where the archive
   * does not answer.
   */
  async list(now: number): Promise<number> {
    const listed = new Set<string>();
    for await (const study of this.options.client.ctStudies(this.options.since())) {
      listed.add(study.studyInstanceUID);
      const known = this.watched.get(study.studyInstanceUID);
      const counted = study.instances ?? (await this.countedInstances(study.studyInstanceUID));
      const instances = counted ?? known?.instances ?? UNCOUNTED;
      if (known?.instances === UNLISTED) {
        Object.assign(known, { study, instances });
      } else if (known?.instances !== instances) {
        const { announced, sender, arrivedAt } = known ?? {};
        const origin = { announced, sender, arrivedAt };
        this.watched.set(study.studyInstanceUID, {
          ...{ study, instances, since: now, state: 'settling' },
          ...origin,
        });
      }
    }
    for (const [uid, { announced, state, seenAt }] of this.watched) {
      const isPending = announced && state !== 'closed';
      if (!listed.has(uid) && !isPending && seenAt === undefined) {
        this.watched.delete(uid);
      }
    }
    this.knownAt = now;
    return listed.size;
  }

  /** The archive tells that nothing has changed since it was listed. */
  unchanged(now: number): void {
    this.knownAt = now;
  }

  /**
   * A study is complete, as the archive itself says.
   * @param sender AE title of who sent it, where the archive knows
   */
  announce(studyInstanceUID: string, sender?: string): void {
    const known = this.watched.get(studyInstanceUID);
    this.watched.set(studyInstanceUID, {
      study: known?.study ?? { studyInstanceUID, date: '', time: '', description: '' },
      instances: known?.instances ?? UNLISTED,
      since: -Infinity,
      state: 'settling',
      announced: true,
      seenAt: known?.seenAt,
      arrivedAt: known?.arrivedAt ?? this.clock(),
      sender,
    });
  }

  /**
   * A study without a date was seen, or has perhaps changed. No list counts it: it is asked about by itself
   * until its number of instances has stayed the same.
   *
   * @param hasJustCome false for what may have been there before the archive was watched
   */
  see(study: FoundStudy, now: number, hasJustCome: boolean): void {
    const known = this.watched.get(study.studyInstanceUID);
    if (known?.announced && known.state !== 'closed') {
      known.seenAt = now;
      return;
    }
    if (known?.seenAt !== undefined && isSameCount(known.study, study)) {
      known.seenAt = now;
      return;
    }
    const isListed = known && known.seenAt === undefined && !known.announced;
    if (!isListed) {
      this.watched.set(study.studyInstanceUID, {
        ...{ study, instances: UNCOUNTED, since: -Infinity, state: 'settling', seenAt: now },
        arrivedAt: known?.arrivedAt ?? (hasJustCome ? this.clock() : undefined),
      });
    }
  }

  /** Forgets the studies without a date that were last seen before, ms: the archive has them no longer. */
  forgetUnseen(before: number): void {
    for (const [uid, { seenAt = Infinity }] of this.watched) {
      if (seenAt < before) {
        this.watched.delete(uid);
      }
    }
  }

  /**
   * Puts the complete studies without an outcome into the queue. Resolves to the number of studies that could
   * not be asked about, which hold up no other. Rejects where the archive or the queue does not answer.
   */
  async offer(now: number): Promise<number> {
    const due = [...this.watched.values()].filter(watched => this.isDue(watched, now));
    let [failed, inARow] = [0, 0];
    await runAll(
      due,
      Array.from({ length: QUESTIONS }, () => this),
      async (watch, watched) => {
        try {
          await watch.examine(watched, now);
          watched.trouble = undefined;
          inARow = 0;
        } catch (error) {
          failed++;
          watch.putLast(watched, error);
          if (++inARow >= FAILURES_IN_A_ROW) {
            throw error;
          }
        }
      },
      () => undefined
    );
    return failed;
  }

  /** Next time the others are asked about first, so that a few bad studies never keep them waiting. */
  private putLast(watched: Watched, error: unknown): void {
    const { studyInstanceUID } = watched.study;
    if (this.watched.get(studyInstanceUID) === watched) {
      this.watched.delete(studyInstanceUID);
      this.watched.set(studyInstanceUID, watched);
    }
    const reason = error instanceof Error ? error.message : String(error);
    if (watched.trouble !== reason) {
      watched.trouble = reason;
      this.options.onTrouble?.(studyInstanceUID, reason);
    }
  }

  private isDue({ state, since, seenAt }: Watched, now: number): boolean {
    const { settleMs, recheckMs } = this.options;
    if (state === 'settling') {
      return since === -Infinity || (seenAt === undefined ? this.knownAt : now) - since >= settleMs;
    }
    return state === 'offered' && now - since >= recheckMs;
  }

  private async examine(watched: Watched, now: number): Promise<void> {
    const { client, archive, program, queue, urgent } = this.options;
    const { study, sender, arrivedAt } = watched;
    const series = await client.series(study.studyInstanceUID);
    if (watched.seenAt !== undefined && !watched.announced && !this.isSettled(watched, series, now)) {
      return;
    }
    const isCandidate = ctSeries(series).length > 0 && mayShowHead(study, ctSeries(series));
    const work = archiveStudy(archive, study.studyInstanceUID, series, program);
    if (!isCandidate || (await hasOutcome(client, work))) {
      watched.state = 'closed';
      return;
    }
    const origins = [sender ?? '', ...series.map(({ stationName }) => stationName)];
    await queue.add(work, priorityOf(study, { urgent, origins, now: this.clock(), arrivedAt }));
    watched.state = 'offered';
    watched.since = now;
  }

  /** Whether a study that no list counts has as many instances as when it was last asked about. */
  private isSettled(watched: Watched, series: readonly ListedSeries[], now: number): boolean {
    const instances = countOf(series);
    if (instances === watched.instances || this.options.settleMs === 0) {
      return true;
    }
    Object.assign(watched, { instances, since: now, state: 'settling' });
    return false;
  }

  private clock(): Date {
    return this.options.clock?.() ?? new Date();
  }

  /** Undefined where the archive fails on this study: it is told of when the study is asked about. */
  private async countedInstances(studyInstanceUID: string): Promise<number | undefined> {
    try {
      return countOf(await this.options.client.series(studyInstanceUID));
    } catch (error) {
      if (!(error instanceof HttpStatusError)) {
        throw error;
      }
      return undefined;
    }
  }
}

function countOf(series: readonly ListedSeries[]): number {
  return series.reduce((sum, { instances }) => sum + instances, 0);
}

/** Whether the archive counts the instances of a study, and as many as before. */
function isSameCount({ instances: before }: FoundStudy, { instances }: FoundStudy): boolean {
  return instances !== undefined && instances === before;
}
