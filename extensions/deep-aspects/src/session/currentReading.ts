import type { AspectsEngine } from '../inference/aspectsEngine';
import { type HeadCtSeries, throwIfCancelled } from '@deep-aspects/aspects/series';
import { packDraft, samePlanes, type DraftMaps } from './draftMaps';
import type { DraftStore } from './drafts/draftStore';
import { regionMarks } from './regionMarks';
import { keySlicesBySegment, withoutHaemorrhage } from './overrides';
import { readWholeSeries } from './readWholeSeries';
import type { DraftWithImages } from './reportPort';
import type { SessionStore } from './sessionStore';
import type { Draft } from './state';
import type { ViewerPort } from './viewerPort';

export interface CurrentReadingOptions {
  readonly store: SessionStore;
  readonly viewer: ViewerPort;
  readonly drafts: DraftStore;
  readonly engine: () => AspectsEngine;
  readonly now: () => number;
  /** Runs an action whose failure is told in the panel and never thrown. */
  readonly guarded: (action: () => Promise<void>) => Promise<void>;
}

type Change = (draft: Draft) => Draft | Promise<Draft>;

/**
 * The draft in the state together with its voxels: the only place where the two change. Each correction goes
 * through the engine's rescoring, is drawn, and is kept in the browser.
 */
export class CurrentReading {
  private maps: DraftMaps | null = null;
  /** Corrections are computed one after the other, so that the last one wins. */
  private corrections: Promise<void> = Promise.resolve();

  constructor(private readonly options: CurrentReadingOptions) {}

  /**
   * Takes over the voxels of a draft that was computed, restored or reopened, and draws them. Where that is
   * cancelled, the former draft is there again.
   */
  async show(draft: Draft, maps: DraftMaps, signal?: AbortSignal): Promise<void> {
    const before = { draft: this.options.store.getSnapshot().draft, maps: this.maps };
    this.maps = maps;
    try {
      await this.draw(draft, maps, signal);
      throwIfCancelled(signal);
    } catch (error) {
      this.maps = before.maps;
      if (before.draft && before.maps) {
        await this.draw(before.draft, before.maps).catch(() => undefined);
      }
      throw error;
    }
  }

  /** Lets go of the voxels. */
  forget(): void {
    this.maps = null;
  }

  /**
   * Applies a change to the draft and scores it anew; the panel keeps the former result until then, and
   * where that fails.
   */
  correct(change: Change): Promise<void> {
    return this.options.guarded(() => this.inTurn(change));
  }

  /** Scores the mask in the viewer, where the reader has changed it. Rejects where that fails. */
  async takeEditedInfarct(): Promise<void> {
    const infarct = this.maps && (await this.options.viewer.overlay.readInfarct());
    // The host reports a change of the mask for its own redrawing as well.
    if (infarct && !samePlanes(infarct, this.maps?.infarct)) {
      await this.inTurn(draft => {
        const infarctEdited = !samePlanes(infarct, this.maps?.modelInfarct);
        this.maps = this.maps && { ...this.maps, infarct };
        return { ...draft, infarctEdited };
      });
    }
  }

  /** Withdraws every correction, those of the mask too. */
  reset(): Promise<void> {
    return this.correct(async draft => {
      if (draft.infarctEdited && this.maps) {
        await this.options.viewer.overlay.writeInfarct(this.maps.modelInfarct);
        this.maps = { ...this.maps, infarct: this.maps.modelInfarct };
      }
      return { ...draft, overrides: [], infarctEdited: false, haemorrhageDismissed: false };
    });
  }

  /** Keeps the draft in the browser, for after a reload or a crash. */
  async save(): Promise<void> {
    const { store, drafts, now } = this.options;
    const { draft } = store.getSnapshot();
    if (draft && this.maps) {
      await drafts.save(await packDraft(draft, this.maps, now()));
    }
  }

  /**
   * Scores what was drawn since and ends the corrections under way, so that what goes out is what is seen.
   * Rejects where it cannot.
   */
  async catchUp(): Promise<void> {
    await this.takeEditedInfarct();
    await this.corrections;
  }

  /** The draft with its voxels, as the viewer shows it; null where there is none. Rejects as `catchUp`. */
  async reportInput(): Promise<DraftWithImages | null> {
    await this.catchUp();
    const { draft } = this.options.store.getSnapshot();
    if (!draft || !this.maps) {
      return null;
    }
    const series = await this.seriesOf(draft);
    return { draft, series, regions: this.maps.regions, infarct: this.maps.infarct };
  }

  private inTurn(change: Change): Promise<void> {
    const scored = this.corrections.then(() => this.scoreAnew(change));
    this.corrections = scored.catch(() => undefined);
    return scored;
  }

  private async scoreAnew(change: Change): Promise<void> {
    const { store } = this.options;
    const before = store.getSnapshot().draft;
    const { maps } = this;
    if (!before || !maps || !store.dispatch({ type: 'correctionStarted' })) {
      return;
    }
    const { overlay } = this.options.viewer;
    try {
      const changed = await change(before);
      // On the images at once; the score follows.
      overlay.setMarks(regionMarks(before.result, changed.overrides));
      const result = await this.rescored(before, changed);
      const unsaved =
        changed.overrides.length > 0 ||
        changed.infarctEdited ||
        changed.haemorrhageDismissed === true ||
        before.storedAt !== undefined;
      const draft = { ...changed, result, unsaved, storedAt: undefined, fromArchive: undefined };
      // Else the result was discarded, or another one came, which has voxels and marks of its own.
      if (!store.dispatch({ type: 'corrected', draft })) {
        return;
      }
      overlay.setMarks(regionMarks(result, changed.overrides));
    } catch (error) {
      if (store.dispatch({ type: 'correctionFailed' })) {
        // Voxels and result go on belonging together.
        this.maps = maps;
        overlay.setMarks(regionMarks(before.result, before.overrides));
      }
      throw error;
    }
    await this.options.guarded(() => this.save());
  }

  private async draw(
    { target, result, overrides }: Draft,
    { sliceUIDs, regions, infarct }: DraftMaps,
    signal?: AbortSignal
  ): Promise<void> {
    const { store, viewer } = this.options;
    const keySlices = keySlicesBySegment(result);
    // Before it is shown, so that it is drawn once.
    viewer.overlay.setStyle(store.getSnapshot().overlay);
    const marks = regionMarks(result, overrides);
    await viewer.overlay.show({ target, sliceUIDs, regions, infarct, keySlices, marks }, signal);
  }

  private async rescored(before: Draft, { overrides, haemorrhageDismissed }: Draft) {
    const series = await this.seriesOf(before);
    const { regions, infarct } = this.maps as DraftMaps;
    const request = { series, regions, infarct, overrides, base: before.result };
    const result = await this.options.engine().rescore(request);
    return haemorrhageDismissed ? withoutHaemorrhage(result) : result;
  }

  private async seriesOf(draft: Draft): Promise<HeadCtSeries> {
    const series = this.maps?.series ?? (await readWholeSeries(this.options.viewer, draft.target));
    this.maps = this.maps && { ...this.maps, series };
    return series;
  }
}
