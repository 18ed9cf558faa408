import { regionOf } from '../overrides';
import type { DraftWithImages } from '../reportPort';
import type { SessionStore } from '../sessionStore';
import type { RegionRef } from '../state';
import type { ViewerPort } from '../viewerPort';
import { PICTURE_SIZE, straightSlice, type WindowName } from './straightSlice';
import { symmetryFrame, type SymmetryFrame } from './symmetryFrame';

export interface MirrorComparisonOptions {
  readonly store: SessionStore;
  readonly viewer: ViewerPort;
  /** The draft with its voxels; null where there is none. */
  readonly input: () => Promise<DraftWithImages | null>;
}

/**
 * A slice and its own mirror image side by side about the mid-sagittal plane: early ischaemia is a difference
 * between the sides. The pictures are the panel's own, never a flipped viewport: a flip that outlived the
 * comparison would swap sides.
 */
export class MirrorComparison {
  private slice = 0;
  private window: WindowName = 'stroke';
  /** By the label maps that it was found from, which keep their identity as long as a result is shown. */
  private readonly frames = new WeakMap<readonly Uint8Array[], SymmetryFrame>();

  constructor(private readonly options: MirrorComparisonOptions) {}

  /**
   * Opens at the slice of the active viewport; closes by leaving the viewports at the slice that was
   * compared last.
   */
  async toggle(): Promise<void> {
    if (this.isOpen) {
      await this.close();
      return;
    }
    const input = await this.options.input();
    if (!input) {
      return;
    }
    const uid = this.options.viewer.currentSlice(input.draft.target);
    const shown = input.series.slices.findIndex(slice => slice.sopInstanceUID === uid);
    this.slice = shown < 0 ? input.series.slices.length >> 1 : shown;
    this.draw(input);
  }

  /** Moves towards the head (+1) or away from it (-1). */
  step(step: 1 | -1): Promise<void> {
    return this.redraw(() => {
      this.slice += step;
    });
  }

  setWindow(window: WindowName): Promise<void> {
    return this.redraw(() => {
      this.window = window;
    });
  }

  /** Follows the reader to a region's key slice. */
  showRegion(region: RegionRef): Promise<void> {
    return this.redraw(({ draft, series }) => {
      const keySlice = regionOf(draft.result, region)?.keySlice;
      const slice = series.slices.findIndex(({ sopInstanceUID }) => sopInstanceUID === keySlice);
      this.slice = slice < 0 ? this.slice : slice;
    });
  }

  private get isOpen(): boolean {
    return this.options.store.getSnapshot().mirror !== null;
  }

  private async close(): Promise<void> {
    const { store, viewer, input } = this.options;
    store.dispatch({ type: 'mirrorClosed' });
    const compared = await input();
    const slice = compared?.series.slices[this.slice];
    if (compared && slice) {
      await viewer.jumpToSlice(compared.draft.target, slice.sopInstanceUID, null);
    }
  }

  private async redraw(change: (input: DraftWithImages) => void): Promise<void> {
    const input = this.isOpen ? await this.options.input() : null;
    if (input && this.isOpen) {
      change(input);
      this.draw(input);
    }
  }

  private draw({ draft, series, regions }: DraftWithImages): void {
    const sliceCount = series.slices.length;
    this.slice = Math.min(Math.max(this.slice, 0), sliceCount - 1);
    let frame = this.frames.get(regions);
    if (!frame) {
      this.frames.set(regions, (frame = symmetryFrame(series, regions)));
    }
    const grey = straightSlice(series, frame, this.slice, this.window);
    const { window, slice } = this;
    const { store, viewer } = this.options;
    const sliceName = viewer.sliceName(draft.target, series.slices[slice].sopInstanceUID);
    store.dispatch({
      type: 'mirrorShown',
      picture: { sliceName, sliceNumber: slice + 1, sliceCount, window, size: PICTURE_SIZE, grey },
    });
  }
}
