import { type EarlierResults, type EarlierResult } from './earlierResults';
import type { SessionStore } from './sessionStore';
import type { Draft } from './state';
import { isVacant } from './transitions';
import type { DraftMaps } from './draftMaps';

export interface RestorationOptions {
  readonly store: SessionStore;
  readonly earlier: EarlierResults;
  /** Shows a result in the same layout as a computed one. */
  readonly show: (draft: Draft, maps: DraftMaps) => Promise<void>;
}

/**
 * Brings back an earlier result of the series: once there is a panel to see it in, and unless the
 * reader has gone on.
 */
export class Restoration {
  private openPanels = 0;
  /** Display set for which this browser's draft was looked for, and how many images it had. */
  private soughtFor = '';
  private searches = 0;

  constructor(private readonly options: RestorationOptions) {}

  /** Whether there is a panel to see results in. */
  get hasPanel(): boolean {
    return this.openPanels > 0;
  }

  /** No result is there and none is being looked for. */
  get isWithoutResult(): boolean {
    return this.searches === 0 && isVacant(this.options.store.getSnapshot());
  }

  /** Gives what to call when that panel is closed. */
  panelOpened(): () => void {
    this.openPanels++;
    let open = true;
    return () => {
      this.openPanels -= open ? 1 : 0;
      open = false;
    };
  }

  async restore(): Promise<void> {
    this.searches++;
    try {
      await this.search();
    } finally {
      this.searches--;
    }
  }

  private async search(): Promise<void> {
    const { earlier, store } = this.options;
    const { target } = store.getSnapshot();
    if (!target || !this.hasPanel) {
      return;
    }
    const sought = `${target.displaySetInstanceUID} ${target.imageCount}`;
    if (this.soughtFor !== sought) {
      this.soughtFor = sought;
      // What a reload or a crash interrupted.
      await this.showEarlier(isVacant(store.getSnapshot()) ? await earlier.interrupted(target) : null);
    }
    // Reports may become known after the images.
    if (isVacant(store.getSnapshot()) && earlier.mayBeStored(target)) {
      await this.showEarlier(await earlier.stored(target));
    }
  }

  /** The reader has closed a result of that series. */
  close(seriesInstanceUID: string): void {
    this.options.earlier.close(seriesInstanceUID);
  }

  /** Looks again from now on. */
  forget(): void {
    this.options.earlier.forget();
    this.soughtFor = '';
  }

  private async showEarlier(found: EarlierResult | null): Promise<void> {
    const { store, show } = this.options;
    if (found && store.dispatch({ type: 'restored', draft: found.draft })) {
      await show(found.draft, found.maps);
    }
  }
}
