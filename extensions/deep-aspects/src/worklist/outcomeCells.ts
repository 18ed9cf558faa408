import { renderOutcome } from './renderOutcome';
import { StudyOutcomes, type StudyOutcomesOptions } from './studyOutcomes';

/** What is shown and has no outcome yet is asked for again after so long, ms. */
const REFRESH_MS = 10_000;
/** Answers that come one after the other change the order of a sorted list together, ms. */
const SORT_PAUSE_MS = 300;

/**
 * The column's cells as elements of the page. They are drawn here and not by React: an answer redraws one
 * cell, not the host's list.
 */
export class OutcomeCells {
  readonly outcomes: StudyOutcomes;
  /** Has the host sort its list again; set by the column while the list is sorted by it. */
  sortAgain: (() => void) | undefined;
  private readonly cells = new Map<string, HTMLElement>();
  private readonly studies = new WeakMap<Element, string>();
  private readonly references = new Map<string, (element: HTMLElement | null) => void>();
  private sight?: IntersectionObserver;
  private refreshTimer?: ReturnType<typeof setInterval>;
  private sortTimer?: ReturnType<typeof setTimeout>;

  constructor(sources: Omit<StudyOutcomesOptions, 'onAnswer'>) {
    this.outcomes = new StudyOutcomes({ ...sources, onAnswer: uid => this.answered(uid) });
  }

  /**
   * What React tells of the cell of a study; the same function for the same study, so that a new drawing
   * changes nothing.
   */
  referenceOf(studyInstanceUID: string): (element: HTMLElement | null) => void {
    let reference = this.references.get(studyInstanceUID);
    if (!reference) {
      reference = element =>
        element ? this.attach(studyInstanceUID, element) : this.detach(studyInstanceUID);
      this.references.set(studyInstanceUID, reference);
    }
    return reference;
  }

  private attach(uid: string, element: HTMLElement): void {
    this.sight ??= new IntersectionObserver(entries => this.seen(entries));
    this.refreshTimer ??= setInterval(() => this.refresh(), REFRESH_MS);
    this.cells.set(uid, element);
    this.studies.set(element, uid);
    renderOutcome(element, this.outcomes.known(uid));
    this.sight.observe(element);
  }

  private detach(uid: string): void {
    const element = this.cells.get(uid);
    if (element) {
      this.sight?.unobserve(element);
    }
    this.cells.delete(uid);
    this.references.delete(uid);
    this.outcomes.hide(uid);
    if (this.cells.size === 0) {
      clearInterval(this.refreshTimer);
      this.refreshTimer = undefined;
      this.sortAgain = undefined;
    }
  }

  private seen(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const uid = this.studies.get(target);
      if (uid !== undefined && isIntersecting) {
        this.outcomes.show(uid);
      } else if (uid !== undefined) {
        this.outcomes.hide(uid);
      }
    }
  }

  private refresh(): void {
    if (document.visibilityState === 'visible') {
      this.outcomes.refresh();
    }
  }

  private answered(uid: string): void {
    const element = this.cells.get(uid);
    if (element) {
      renderOutcome(element, this.outcomes.known(uid));
    }
    if (this.sortAgain && this.sortTimer === undefined) {
      this.sortTimer = setTimeout(() => {
        this.sortTimer = undefined;
        this.sortAgain?.();
      }, SORT_PAUSE_MS);
    }
  }
}
