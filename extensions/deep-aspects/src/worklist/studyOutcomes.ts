import type { JobOutcome } from './jobOutcomes';
import { studyOutcome, type DescribedSeries, type StudyOutcome } from './studyOutcome';

export interface StudyOutcomesOptions {
  /** The series of a study, from the archive that the list shows. */
  readonly seriesOf: (studyInstanceUID: string) => Promise<readonly DescribedSeries[]>;
  /** What waits or has failed, from the site's scoring server; undefined where the site names none. */
  readonly jobs: () => Promise<ReadonlyMap<string, JobOutcome>> | undefined;
  /** Told of every answer. */
  readonly onAnswer: (studyInstanceUID: string) => void;
}

/** Questions at a time: the list's own requests go before ours. */
const QUESTIONS = 4;
/** Answers that are kept; the oldest go first. */
const KEPT = 5000;

/** The outcomes of the studies of a list: asked for a few at a time, what is looked at first, and kept. */
export class StudyOutcomes {
  private readonly answers = new Map<string, StudyOutcome>();
  /** Looked at now; asked for again by `refresh` until they have an outcome. */
  private readonly shown = new Set<string>();
  /** To be asked for: what is shown, and what a sorted list needs. */
  private readonly wantedShown = new Set<string>();
  private readonly wantedBehind = new Set<string>();
  private readonly asking = new Set<string>();
  private jobs: ReadonlyMap<string, JobOutcome> = new Map();
  private asksForJobs = false;
  private hasAskedForJobs = false;

  constructor(private readonly options: StudyOutcomesOptions) {}

  /** What the archive holds of it, else how far it has come; undefined while it is not known. */
  known(studyInstanceUID: string): StudyOutcome | undefined {
    const answer = this.answers.get(studyInstanceUID);
    return answer && answer.state !== 'none' ? answer : (this.jobs.get(studyInstanceUID) ?? answer);
  }

  /** A study came into sight. */
  show(studyInstanceUID: string): void {
    this.shown.add(studyInstanceUID);
    if (!this.hasAskedForJobs) {
      void this.askForJobs();
    }
    if (!this.answers.has(studyInstanceUID)) {
      this.wantedShown.add(studyInstanceUID);
      this.next();
    }
  }

  /** A study went out of sight: if nobody asked yet, nobody will. */
  hide(studyInstanceUID: string): void {
    this.shown.delete(studyInstanceUID);
    this.wantedShown.delete(studyInstanceUID);
  }

  /** A study's outcome is needed though it is out of sight. */
  wantForSorting(studyInstanceUID: string): void {
    if (!this.answers.has(studyInstanceUID) && !this.wantedBehind.has(studyInstanceUID)) {
      this.wantedBehind.add(studyInstanceUID);
      this.next();
    }
  }

  /** Asks again for what is shown and has no outcome yet: it may have come meanwhile. */
  refresh(): void {
    for (const uid of this.shown) {
      if ((this.answers.get(uid)?.state ?? 'none') === 'none') {
        this.wantedShown.add(uid);
      }
    }
    this.next();
    if (this.wantedShown.size + this.asking.size > 0) {
      void this.askForJobs();
    }
  }

  /**
   * One question for all studies. A server that does not answer is as good as none: nothing is said to wait.
   */
  private async askForJobs(): Promise<void> {
    if (this.asksForJobs) {
      return;
    }
    this.asksForJobs = true;
    this.hasAskedForJobs = true;
    const before = this.jobs;
    try {
      this.jobs = (await this.options.jobs()) ?? new Map();
    } catch {
      this.jobs = new Map();
    } finally {
      this.asksForJobs = false;
    }
    for (const uid of new Set([...before.keys(), ...this.jobs.keys()])) {
      if (before.get(uid)?.state !== this.jobs.get(uid)?.state) {
        this.options.onAnswer(uid);
      }
    }
  }

  private next(): void {
    while (this.asking.size < QUESTIONS) {
      const uid = this.firstOf(this.wantedShown) ?? this.firstOf(this.wantedBehind);
      if (uid === undefined) {
        return;
      }
      this.wantedShown.delete(uid);
      this.wantedBehind.delete(uid);
      void this.ask(uid);
    }
  }

  private firstOf(wanted: ReadonlySet<string>): string | undefined {
    for (const uid of wanted) {
      if (!this.asking.has(uid)) {
        return uid;
      }
    }
    return undefined;
  }

  private async ask(uid: string): Promise<void> {
    this.asking.add(uid);
    try {
      this.keep(uid, studyOutcome(await this.options.seriesOf(uid)));
    } catch {
      // An archive that does not answer is no news of the study; the next refresh asks again.
      this.keep(uid, this.answers.get(uid) ?? { state: 'none' });
    } finally {
      this.asking.delete(uid);
      this.next();
    }
  }

  private keep(uid: string, outcome: StudyOutcome): void {
    this.answers.delete(uid);
    this.answers.set(uid, outcome);
    const oldest = this.answers.size > KEPT ? this.answers.keys().next().value : undefined;
    if (oldest !== undefined) {
      this.answers.delete(oldest);
    }
    this.options.onAnswer(uid);
  }
}
