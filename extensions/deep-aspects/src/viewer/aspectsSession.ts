import type { AspectsEngine } from '../inference/aspectsEngine';
import type { AspectsController, ReportFormat } from './aspectsController';
import { throwIfCancelled } from './cancellation';
import { computeScore, noticeOfFailure } from './computation';
import { mapsOfScored, packDraft, samePlanes, unpackMaps, type DraftMaps } from './draftMaps';
import type { HeadCtSeries } from '../core/series/headCtSeries';
import type { DraftStore } from './drafts/draftStore';
import { createObservableStore } from './observableStore';
import { keySlicesBySegment, readerOverrides, withOverride, withoutOverride } from './overrides';
import { ReadingAids } from './readingAids';
import { ReportDesk } from './reportDesk';
import type { ReportInput, ReportPort } from './reportPort';
import {
  INITIAL_STATE,
  type AspectsState,
  type Confirmation,
  type Draft,
  type Notice,
  type OverlayStyle,
  type RegionRef,
  type ScoringTarget,
} from './state';
import type { ViewerPort } from './viewerPort';

/** The reader's brush is at rest after this long, ms. */
const EDIT_REST_MS = 500;

export interface SessionPorts {
  readonly viewer: ViewerPort;
  readonly drafts: DraftStore;
  readonly report: ReportPort;
  readonly createEngine: () => AspectsEngine;
  readonly now?: () => number;
}

/** `AspectsController` over ports: it runs against OHIF and against fakes alike. */
export class AspectsSession implements AspectsController {
  private readonly store = createObservableStore<AspectsState>(INITIAL_STATE);
  private engine: AspectsEngine | null = null;
  private running: AbortController | null = null;
  private maps: DraftMaps | null = null;
  private editTimer: ReturnType<typeof setTimeout> | undefined;
  /** Corrections are computed one after the other, so that the last one wins. */
  private corrections: Promise<void> = Promise.resolve();
  private unsubscribers: (() => void)[] = [];
  /** Series for which the archive was asked for stored results. */
  private readonly askedFor = new Set<string>();

  private readonly desk: ReportDesk;
  private readonly aids: ReadingAids;

  constructor(private readonly ports: SessionPorts) {
    this.aids = new ReadingAids(this.store, ports.viewer);
    this.desk = new ReportDesk({
      store: this.store,
      report: ports.report,
      drafts: ports.drafts,
      input: () => this.reportInput(),
      now: () => this.now(),
    });
  }

  readonly getSnapshot = (): AspectsState => this.store.getSnapshot();
  readonly subscribe = (listener: () => void): (() => void) => this.store.subscribe(listener);

  onModeEnter(): void {
    this.leave();
    globalThis.addEventListener?.('beforeunload', this.warnBeforeUnload);
    void this.guarded(async () => {
      const { viewer } = this.ports;
      this.unsubscribers.push(
        viewer.onTargetMayHaveChanged(() => void this.guarded(() => this.refreshTarget()))
      );
      this.unsubscribers.push(viewer.overlay.onInfarctEdited(() => this.infarctWasEdited()));
      await this.refreshTarget();
    });
  }

  onModeExit(): void {
    if (this.state.draft?.unsaved) {
      this.ports.viewer.notify('notice.draftKept', 'warning');
    }
    this.leave();
    void this.guarded(async () => this.ports.viewer.overlay.remove());
    void this.engine?.dispose().catch(() => undefined);
    this.engine = null;
    this.maps = null;
    this.askedFor.clear();
    this.store.update(INITIAL_STATE);
  }

  async compute(options: { displaySetInstanceUID?: string } = {}): Promise<void> {
    if (this.state.phase === 'running') {
      return;
    }
    if (this.state.draft?.unsaved) {
      this.ask({ kind: 'recompute', displaySetInstanceUID: options.displaySetInstanceUID });
      return;
    }
    await this.computeNow(options.displaySetInstanceUID);
  }

  cancel(): void {
    this.running?.abort();
  }

  setRegionAffected(change: RegionRef & { affected: boolean }): Promise<void> {
    return this.correct(draft => ({
      ...draft,
      overrides: withOverride(draft.overrides, draft.result, change),
    }));
  }

  undoRegion(region: RegionRef): Promise<void> {
    return this.correct(draft => ({ ...draft, overrides: withoutOverride(draft.overrides, region) }));
  }

  async resetReaderChanges(): Promise<void> {
    const { draft } = this.state;
    if (draft && (draft.overrides.length > 0 || draft.infarctEdited)) {
      this.ask({ kind: 'reset' });
    }
  }

  async rescore(): Promise<void> {
    clearTimeout(this.editTimer);
    await this.guarded(async () => {
      const infarct = this.maps && (await this.ports.viewer.overlay.readInfarct());
      // The host reports a change of the mask for its own redrawing as well.
      if (infarct && !samePlanes(infarct, this.maps?.infarct)) {
        await this.correct(draft => {
          const infarctEdited = !samePlanes(infarct, this.maps?.modelInfarct);
          this.maps = this.maps && { ...this.maps, infarct };
          return { ...draft, infarctEdited };
        });
      }
    });
  }

  jumpToRegion(region: RegionRef): Promise<void> {
    return this.guarded(() => this.aids.jumpToRegion(region));
  }

  stepAffectedRegion(step: 1 | -1): Promise<void> {
    return this.guarded(() => this.aids.stepAffectedRegion(step));
  }

  setOverlay(change: Partial<OverlayStyle>): void {
    void this.guarded(async () => this.aids.setOverlay(change));
  }

  showBothLevels(): Promise<void> {
    return this.guarded(async () => {
      if (this.state.draft) {
        await this.aids.openLevels(this.state.draft);
      }
    });
  }

  async answerConfirmation(yes: boolean): Promise<void> {
    const { confirmation } = this.state;
    this.store.update({ confirmation: null });
    if (!yes || !confirmation) {
      return;
    }
    if (confirmation.kind === 'recompute') {
      await this.computeNow(confirmation.displaySetInstanceUID);
    } else if (confirmation.kind === 'reset') {
      await this.resetNow();
    } else {
      await this.discardNow();
    }
  }

  async discardDraft(): Promise<void> {
    if (this.state.draft?.unsaved) {
      this.ask({ kind: 'discard' });
    } else {
      await this.discardNow();
    }
  }

  copyReport(options: { length?: 'short' | 'long' } = {}): Promise<void> {
    return this.guarded(() => this.desk.copy(options.length ?? 'long'));
  }

  downloadReport(options: { format?: ReportFormat; anonymous?: boolean } = {}): Promise<void> {
    return this.guarded(() => this.desk.download(options.format ?? 'json', options.anonymous ?? false));
  }

  storeReport(): Promise<void> {
    return this.desk.storeInArchive();
  }

  private get state(): AspectsState {
    return this.store.getSnapshot();
  }

  private now(): number {
    return (this.ports.now ?? Date.now)();
  }

  private ask(confirmation: Confirmation): void {
    this.store.update({ confirmation });
  }

  private tell(notice: Notice): void {
    this.store.update({ notice });
  }

  /** Runs an action whose failure is told in the panel and never thrown at the host. */
  private async guarded(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.tell({ key: 'notice.failed', values: { message: noticeOfFailure(error).message }, tone: 'error' });
    }
  }

  private leave(): void {
    this.running?.abort();
    clearTimeout(this.editTimer);
    this.unsubscribers.forEach(unsubscribe => unsubscribe());
    this.unsubscribers = [];
    globalThis.removeEventListener?.('beforeunload', this.warnBeforeUnload);
  }

  private readonly warnBeforeUnload = (event: Event): void => {
    if (this.state.draft?.unsaved) {
      event.preventDefault();
    }
  };

  private theEngine(): AspectsEngine {
    this.engine ??= this.ports.createEngine();
    return this.engine;
  }

  private async refreshTarget(): Promise<void> {
    const target = this.ports.viewer.findTarget();
    const before = this.state.target;
    const same = before?.displaySetInstanceUID === target?.displaySetInstanceUID;
    if (!same || before?.imageCount !== target?.imageCount) {
      this.store.update({ target });
      await this.restoreDraft();
    }
    // Reports may become known after the images.
    const { seriesInstanceUID = '' } = target ?? {};
    if (
      target &&
      this.isVacant &&
      !this.askedFor.has(seriesInstanceUID) &&
      this.ports.report.mayHaveStored(target)
    ) {
      this.askedFor.add(seriesInstanceUID);
      await this.reopenStored(target);
    }
  }

  /** Nothing computed, restored or under way. */
  private get isVacant(): boolean {
    return this.state.phase === 'idle' && !this.state.draft;
  }

  /** Shows again what a reload or a crash interrupted. */
  private async restoreDraft(): Promise<void> {
    const { target } = this.state;
    const stored = target && this.isVacant && (await this.ports.drafts.load(target.seriesInstanceUID));
    const stillWanted = () =>
      this.isVacant && this.state.target?.seriesInstanceUID === target?.seriesInstanceUID;
    if (!target || !stored || !stillWanted()) {
      return;
    }
    const maps = await unpackMaps(stored).catch(() => null);
    if (!maps) {
      return this.ports.drafts.remove(target.seriesInstanceUID);
    }
    if (!stillWanted()) {
      return;
    }
    this.maps = maps;
    const { result, overrides, infarctEdited, unsaved, savedAt } = stored;
    const draft: Draft = { target, result, overrides, infarctEdited, unsaved, restoredFrom: savedAt };
    this.store.update({ phase: 'done', draft });
    await this.showOverlay(draft);
  }

  /** Shows the result that the PACS holds for the series. */
  private async reopenStored(target: ScoringTarget): Promise<void> {
    const series = await this.readSeries(target);
    const found = await this.ports.report.findStored(series);
    if (
      !found ||
      this.state.phase !== 'idle' ||
      this.state.target?.seriesInstanceUID !== target.seriesInstanceUID
    ) {
      return;
    }
    const { result, regions, infarct, infarctEdited, createdAt } = found;
    this.maps = mapsOfScored(series, { result, regions, infarct });
    const draft = {
      target,
      result,
      overrides: readerOverrides(result),
      infarctEdited,
      unsaved: false,
      storedAt: createdAt,
    };
    this.store.update({ phase: 'done', draft });
    await this.showOverlay(draft);
  }

  private readSeries(target: ScoringTarget): Promise<HeadCtSeries> {
    return this.ports.viewer.readSeries(target, {
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
  }

  private async computeNow(displaySetInstanceUID?: string): Promise<void> {
    const { viewer, drafts } = this.ports;
    const running = new AbortController();
    this.running = running;
    try {
      const target = viewer.findTarget(displaySetInstanceUID);
      this.store.update({ phase: 'running', target, refusal: null, notice: null, store: { phase: 'idle' } });
      if (!target) {
        throw new Error('There is no CT series to score. Open a study with a head CT and select it.');
      }
      const computed = await computeScore({
        viewer,
        engine: this.theEngine(),
        target,
        signal: running.signal,
        onProgress: progress => this.running === running && this.store.update({ progress }),
      });
      const previous = this.state.draft;
      if (previous) {
        await drafts.remove(previous.target.seriesInstanceUID);
      }
      this.maps = mapsOfScored(computed.series, computed.scored);
      const draft: Draft = {
        target,
        result: computed.scored.result,
        overrides: [],
        infarctEdited: false,
        unsaved: false,
      };
      // Before the overlay: the host takes it out of viewports that it sets anew.
      await this.aids.openLevels(draft);
      await this.showOverlay(draft, running.signal);
      throwIfCancelled(running.signal);
      this.store.update({ phase: 'done', draft, progress: null, selected: null });
      void this.guarded(() => this.saveDraft());
    } catch (error) {
      this.endUnsuccessfully(error, running.signal);
    } finally {
      if (this.running === running) {
        this.running = null;
      }
    }
  }

  private endUnsuccessfully(error: unknown, signal: AbortSignal): void {
    const refusal = noticeOfFailure(error, signal);
    // After a cancel the reader is where they were before: at the former result, or at the start.
    const phase = refusal.code !== 'CANCELLED' ? 'refused' : this.state.draft ? 'done' : 'idle';
    const notice: Notice | null =
      refusal.code === 'CANCELLED' ? { key: 'notice.cancelled', tone: 'info' } : null;
    this.store.update({ phase, refusal: notice ? null : refusal, notice, progress: null });
  }

  private async showOverlay(draft: Draft, signal?: AbortSignal): Promise<void> {
    if (!this.maps) {
      return;
    }
    const { sliceUIDs, regions, infarct } = this.maps;
    const keySlices = keySlicesBySegment(draft.result);
    await this.ports.viewer.overlay.show(
      { target: draft.target, sliceUIDs, regions, infarct, keySlices },
      signal
    );
    this.ports.viewer.overlay.setStyle(this.state.overlay);
  }

  private infarctWasEdited(): void {
    if (!this.state.draft || this.state.phase !== 'done') {
      return;
    }
    clearTimeout(this.editTimer);
    this.editTimer = setTimeout(() => void this.rescore(), EDIT_REST_MS);
  }

  /** Applies a change to the draft and scores it anew; the panel keeps the former result until then. */
  private correct(change: (draft: Draft) => Draft | Promise<Draft>): Promise<void> {
    this.corrections = this.corrections.then(() =>
      this.guarded(async () => {
        const before = this.state.draft;
        if (!before || !this.maps) {
          return;
        }
        this.store.update({ rescoring: true, notice: null });
        try {
          const changed = await change(before);
          const series = await this.seriesOf(before);
          const { regions, infarct } = this.maps;
          const result = await this.theEngine().rescore({
            series,
            regions,
            infarct,
            overrides: changed.overrides,
            base: before.result,
          });
          const unsaved =
            changed.overrides.length > 0 || changed.infarctEdited || before.storedAt !== undefined;
          this.store.update({
            draft: { ...changed, result, unsaved, storedAt: undefined },
            store: { phase: 'idle' },
          });
        } finally {
          this.store.update({ rescoring: false });
        }
        await this.saveDraft();
      })
    );
    return this.corrections;
  }

  private async resetNow(): Promise<void> {
    await this.correct(async draft => {
      if (draft.infarctEdited && this.maps) {
        await this.ports.viewer.overlay.writeInfarct(this.maps.modelInfarct);
        this.maps = { ...this.maps, infarct: this.maps.modelInfarct };
      }
      return { ...draft, overrides: [], infarctEdited: false };
    });
  }

  private async discardNow(): Promise<void> {
    await this.guarded(async () => {
      const { draft } = this.state;
      if (draft) {
        await this.ports.drafts.remove(draft.target.seriesInstanceUID);
      }
      this.ports.viewer.overlay.remove();
      this.maps = null;
      this.store.update({
        phase: 'idle',
        draft: null,
        refusal: null,
        selected: null,
        store: { phase: 'idle' },
      });
    });
  }

  private async seriesOf(draft: Draft): Promise<HeadCtSeries> {
    const series = this.maps?.series ?? (await this.readSeries(draft.target));
    this.maps = this.maps && { ...this.maps, series };
    return series;
  }

  private async saveDraft(): Promise<void> {
    const { draft } = this.state;
    if (draft && this.maps) {
      await this.ports.drafts.save(await packDraft(draft, this.maps, this.now()));
    }
  }

  private async reportInput(): Promise<ReportInput | null> {
    await this.corrections;
    const { draft } = this.state;
    if (!draft || !this.maps) {
      return null;
    }
    const series = await this.seriesOf(draft);
    return { draft, series, regions: this.maps.regions, infarct: this.maps.infarct };
  }
}
