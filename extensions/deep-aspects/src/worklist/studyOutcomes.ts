import { studyOutcome, type SeriesSummary, type StudyOutcome } from './studyOutcome';

export interface StudyOutcomesOptions {
  /** The series of a study, from the archive that the list shows. */
  readonly seriesOf: (studyInstanceUID: string) => Promise<readonly SeriesSummary[]>;
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

  constructor(private readonly options: StudyOutcomesOptions) {}

  /** Undefined while it is not known. */
  known(studyInstanceUID: string): StudyOutcome | undefined {
    return this.answers.get(studyInstanceUID);
  }

  /** A study came into sight. */
  show(studyInstanceUID: string): void {
    this.shown.add(studyInstanceUID);
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
