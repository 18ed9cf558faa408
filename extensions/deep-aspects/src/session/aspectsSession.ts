import type { ReportFormat } from '@deep-aspects/aspects/report';
import type { AspectsEngine } from '../inference/aspectsEngine';
import type { AspectsController } from './aspectsController';
import { computeScore, noticeOfFailure } from './computation';
import { CurrentReading } from './currentReading';
import { mapsOfScored } from './draftMaps';
import type { DraftStore } from './drafts/draftStore';
import { EarlierResults } from './earlierResults';
import { MirrorComparison } from './mirror/mirrorComparison';
import type { WindowName } from './mirror/straightSlice';
import { withOverride, withoutOverride } from './overrides';
import { ReadAhead } from './readAhead';
import { ReadingAids } from './readingAids';
import { ReportDelivery } from './reportDelivery';
import type { ReportPort } from './reportPort';
import { Restoration } from './restoration';
import { createSessionStore } from './sessionStore';
import { sameSeries, type AspectsState, type Confirmation, type Draft } from './state';
import type { OverlayStyle, RegionRef } from './state';
import type { ViewerPort } from './viewerPort';

/** The reader's brush is at rest after this long, ms. */
const EDIT_REST_MS = 500;

export interface SessionPorts {
  readonly viewer: ViewerPort;
  readonly drafts: DraftStore;
  readonly report: ReportPort;
  readonly createEngine: () => AspectsEngine;
  readonly now?: () => number;
  /** Whether networks and series are made ready while a study is read, before the click. */
  readonly readsAhead?: boolean;
}

/** `AspectsController` over ports: it runs against OHIF and against fakes alike. */
export class AspectsSession implements AspectsController {
  private readonly store = createSessionStore();
  private engine: AspectsEngine | null = null;
  private running: AbortController | null = null;
  private editTimer: ReturnType<typeof setTimeout> | undefined;
  private unsubscribers: (() => void)[] = [];

  private readonly reading: CurrentReading;
  private readonly restoration: Restoration;
  private readonly ahead: ReadAhead;
  private readonly delivery: ReportDelivery;
  private readonly aids: ReadingAids;
  private readonly mirror: MirrorComparison;

  constructor(private readonly ports: SessionPorts) {
    const now = ports.now ?? Date.now;
    this.reading = new CurrentReading({
      store: this.store,
      viewer: ports.viewer,
      drafts: ports.drafts,
      engine: () => this.theEngine(),
      now,
      guarded: action => this.guarded(action),
    });
    this.aids = new ReadingAids(this.store, ports.viewer);
    this.restoration = new Restoration({
      store: this.store,
      earlier: new EarlierResults(ports),
      show: async (draft, maps) => {
        await this.aids.openLevels(draft);
        await this.reading.show(draft, maps);
      },
    });
    this.ahead = new ReadAhead({
      restoration: this.restoration,
      viewer: ports.viewer,
      engine: () => this.theEngine(),
      allowed: ports.readsAhead ?? false,
    });
    this.mirror = new MirrorComparison({
      store: this.store,
      viewer: ports.viewer,
      input: () => this.reading.reportInput(),
    });
    this.delivery = new ReportDelivery({
      store: this.store,
      report: ports.report,
      drafts: ports.drafts,
      input: () => this.reading.reportInput(),
      now,
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
      this.unsubscribers.push(viewer.onHideKey(held => this.setOverlay({ held })));
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
    this.reading.forget();
    this.restoration.forget();
    this.store.dispatch({ type: 'modeLeft' });
  }

  panelOpened(): () => void {
    const closed = this.restoration.panelOpened();
    void this.guarded(() => this.restoreAndReadAhead());
    return closed;
  }

  async compute(options: { displaySetInstanceUID?: string } = {}): Promise<void> {
    if (this.state.draft?.unsaved) {
      this.ask({ kind: 'recompute', displaySetInstanceUID: options.displaySetInstanceUID });
    } else {
      await this.computeNow(options.displaySetInstanceUID);
    }
  }

  cancel(): void {
    this.running?.abort();
  }

  setRegionAffected(change: RegionRef & { affected: boolean }): Promise<void> {
    return this.reading.correct(draft => ({
      ...draft,
      overrides: withOverride(draft.overrides, draft.result, change),
    }));
  }

  undoRegion(region: RegionRef): Promise<void> {
    return this.reading.correct(draft => ({ ...draft, overrides: withoutOverride(draft.overrides, region) }));
  }

  async dismissHaemorrhage(): Promise<void> {
    await this.reading.correct(draft => ({ ...draft, haemorrhageDismissed: true }));
    await this.showBothLevels();
  }

  async resetReaderChanges(): Promise<void> {
    const { draft } = this.state;
    if (draft && (draft.overrides.length > 0 || draft.infarctEdited || draft.haemorrhageDismissed)) {
      this.ask({ kind: 'reset' });
    }
  }

  async rescore(): Promise<void> {
    clearTimeout(this.editTimer);
    await this.guarded(() => this.reading.takeEditedInfarct());
  }

  jumpToRegion(region: RegionRef): Promise<void> {
    return this.guarded(async () => {
      await this.aids.jumpToRegion(region);
      await this.mirror.showRegion(region);
    });
  }

  stepAffectedRegion(step: 1 | -1): Promise<void> {
    return this.guarded(async () => {
      await this.aids.stepAffectedRegion(step);
      const { selected } = this.state;
      if (selected) {
        await this.mirror.showRegion(selected);
      }
    });
  }

  setOverlay(change: Partial<OverlayStyle>): void {
    void this.guarded(async () => this.aids.setOverlay(change));
  }

  nextOverlayMode(): void {
    void this.guarded(async () => this.aids.nextOverlayMode());
  }

  async toggleWindow(): Promise<void> {
    await this.guarded(async () => this.aids.toggleWindow());
  }

  showBothLevels(): Promise<void> {
    return this.guarded(async () => {
      if (this.state.draft) {
        await this.aids.openLevels(this.state.draft);
      }
    });
  }

  toggleMirror(): Promise<void> {
    return this.guarded(() => this.mirror.toggle());
  }

  stepMirror(step: 1 | -1): Promise<void> {
    return this.guarded(() => this.mirror.step(step));
  }

  setMirrorWindow(window: WindowName): Promise<void> {
    return this.guarded(() => this.mirror.setWindow(window));
  }

  async answerConfirmation(yes: boolean): Promise<void> {
    const { confirmation } = this.state;
    if (!this.store.dispatch({ type: 'confirmationAnswered' }) || !yes || !confirmation) {
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
    return this.guarded(async () => {
      await this.reading.catchUp();
      await this.delivery.copy(options.length ?? 'long');
    });
  }

  downloadReport(options: { format?: ReportFormat; anonymous?: boolean } = {}): Promise<void> {
    return this.guarded(() => this.delivery.download(options.format ?? 'json', options.anonymous ?? false));
  }

  storeReport(): Promise<void> {
    return this.delivery.storeInArchive();
  }

  private get state(): AspectsState {
    return this.store.getSnapshot();
  }

  private ask(confirmation: Confirmation): void {
    this.store.dispatch({ type: 'confirmationAsked', confirmation });
  }

  /** Runs an action whose failure is told in the panel and never thrown at the host. */
  private async guarded(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      const { message } = noticeOfFailure(error);
      this.store.dispatch({
        type: 'noticed',
        notice: { key: 'notice.failed', values: { message }, tone: 'error' },
      });
    }
  }

  private leave(): void {
    this.running?.abort();
    this.running = null;
    this.ahead.stop();
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
    const { target, active } = this.ports.viewer.findSeries();
    if (!sameSeries(this.state.target, target) || !sameSeries(this.state.active, active)) {
      this.store.dispatch({ type: 'seriesFound', target, active });
    }
    await this.restoreAndReadAhead();
  }

  private async restoreAndReadAhead(): Promise<void> {
    await this.restoration.restore();
    this.ahead.follow(this.restoration.hasPanel ? this.state.target : null);
  }

  private async computeNow(displaySetInstanceUID?: string): Promise<void> {
    if (!this.store.dispatch({ type: 'computationStarted' })) {
      return;
    }
    const { viewer, drafts } = this.ports;
    const running = new AbortController();
    this.running = running;
    try {
      const { target } = viewer.findSeries(displaySetInstanceUID);
      this.store.dispatch({ type: 'seriesFound', target });
      if (!target) {
        throw new Error('There is no CT series to score. Open a study with a head CT and select it.');
      }
      const computed = await computeScore({
        viewer,
        engine: this.theEngine(),
        target,
        read: this.ahead.seriesOf(target),
        signal: running.signal,
        onProgress: progress =>
          this.running === running && this.store.dispatch({ type: 'computationProgressed', progress }),
      });
      const draft: Draft = {
        target,
        result: computed.scored.result,
        overrides: [],
        infarctEdited: false,
        unsaved: false,
      };
      // Before the overlay: the host takes it out of viewports that it sets anew.
      await this.aids.openLevels(draft);
      await this.reading.show(draft, mapsOfScored(computed.series, computed.scored), running.signal);
      const previous = this.state.draft;
      if (previous) {
        await drafts.remove(previous.target.seriesInstanceUID);
      }
      // Where the mode was left meanwhile, the state is another one's.
      if (this.running !== running) {
        return;
      }
      this.aids.select(null);
      this.store.dispatch({ type: 'computed', draft });
      void this.guarded(() => this.reading.save());
    } catch (error) {
      if (this.running === running) {
        this.endUnsuccessfully(error, running.signal);
      }
    } finally {
      if (this.running === running) {
        this.running = null;
      }
    }
  }

  private endUnsuccessfully(error: unknown, signal: AbortSignal): void {
    const refusal = noticeOfFailure(error, signal);
    this.store.dispatch(
      refusal.code === 'CANCELLED' ? { type: 'computationCancelled' } : { type: 'refused', refusal }
    );
  }

  private infarctWasEdited(): void {
    if (!this.state.draft || this.state.phase === 'running') {
      return;
    }
    clearTimeout(this.editTimer);
    this.editTimer = setTimeout(() => void this.rescore(), EDIT_REST_MS);
  }

  /** A haemorrhage that was dismissed is suspected again: the columns go back to it. */
  private async resetNow(): Promise<void> {
    const wasDismissed = this.state.draft?.haemorrhageDismissed;
    await this.reading.reset();
    if (wasDismissed) {
      await this.showBothLevels();
    }
  }

  private async discardNow(): Promise<void> {
    await this.guarded(async () => {
      const { draft } = this.state;
      if (!this.store.dispatch({ type: 'discarded' })) {
        return;
      }
      if (draft) {
        this.restoration.close(draft.target.seriesInstanceUID);
      }
      this.ports.viewer.overlay.remove();
      this.reading.forget();
      if (draft) {
        await this.ports.drafts.remove(draft.target.seriesInstanceUID);
      }
    });
  }
}
