import { isScoreSuspended } from '@deep-aspects/aspects/report';
import { WINDOWS } from './mirror/straightSlice';
import {
  affectedRegions,
  levelKeySlices,
  regionOf,
  sameRegion,
  suspectedHaemorrhageSlice,
} from './overrides';
import type { SessionStore } from './sessionStore';
import { OVERLAY_MODES, type Draft, type OverlayStyle, type RegionRef, type ScoringTarget } from './state';
import type { ViewerPort } from './viewerPort';

/**
 * What helps a reader to look: jumping to regions, stepping through the affected ones, both
 * levels, the overlay.
 */
export class ReadingAids {
  private isBrainWindow = false;

  constructor(
    private readonly store: SessionStore,
    private readonly viewer: ViewerPort
  ) {}

  async jumpToRegion(region: RegionRef): Promise<void> {
    const { draft, overlay } = this.store.getSnapshot();
    if (!draft) {
      return;
    }
    this.select(region);
    if (overlay.only) {
      this.setOverlay({ only: region });
    }
    const found = regionOf(draft.result, region);
    if (found?.keySlice) {
      await this.viewer.jumpToSlice(draft.target, found.keySlice, found.level);
    } else {
      this.store.dispatch({ type: 'noticed', notice: { key: 'notice.regionNotInScan', tone: 'info' } });
    }
  }

  /**
   * The next (+1) or previous (-1) affected region, going round; to a haemorrhage as long as
   * one is suspected.
   */
  async stepAffectedRegion(step: 1 | -1): Promise<void> {
    const { draft, selected } = this.store.getSnapshot();
    const isSuspended = draft !== null && isScoreSuspended(draft.result);
    const affected = draft && !isSuspended ? affectedRegions(draft.result) : [];
    if (affected.length === 0) {
      if (draft && isSuspended) {
        await this.openLevels(draft);
      }
      const key = isSuspended ? 'haemorrhage.regions' : 'notice.noAffectedRegion';
      this.store.dispatch({ type: 'noticed', notice: { key, tone: 'info' } });
      return;
    }
    const at = selected ? affected.findIndex(region => sameRegion(region, selected)) : -1;
    const first = step > 0 ? 0 : affected.length - 1;
    await this.jumpToRegion(affected[at < 0 ? first : (at + step + affected.length) % affected.length]);
  }

  setOverlay(change: Partial<OverlayStyle>): void {
    this.store.dispatch({ type: 'overlayStyled', change });
    this.viewer.overlay.setStyle(this.store.getSnapshot().overlay);
  }

  /** Makes one region, or none, stand out. */
  select(region: RegionRef | null): void {
    if (this.store.dispatch({ type: 'regionSelected', region })) {
      this.viewer.overlay.setSelected(region);
    }
  }

  /**
   * A column for each level, where both are in the scan. Without them a suspected haemorrhage is
   * shown all the same.
   */
  async openLevels({ target, result }: Draft): Promise<void> {
    const slices = levelKeySlices(result);
    const bleeding = suspectedHaemorrhageSlice(result);
    if (slices) {
      await this.viewer.showLevels(target, slices);
      // A layout that is built anew has the stroke window, and one that was there before must not differ.
      if (this.isBrainWindow) {
        this.setWindow(target, false);
      }
    } else if (bleeding) {
      await this.viewer.jumpToSlice(target, bleeding, null);
    }
  }

  /** The next of the overlay's styles, going round. */
  nextOverlayMode(): void {
    const { mode } = this.store.getSnapshot().overlay;
    this.setOverlay({ mode: OVERLAY_MODES[(OVERLAY_MODES.indexOf(mode) + 1) % OVERLAY_MODES.length] });
  }

  /** The stroke window, or the brain window where that is shown already. */
  toggleWindow(): void {
    const { draft, target } = this.store.getSnapshot();
    const shown = draft?.target ?? target;
    if (shown) {
      this.setWindow(shown, !this.isBrainWindow);
    }
  }

  private setWindow(target: ScoringTarget, isBrainWindow: boolean): void {
    this.isBrainWindow = isBrainWindow;
    const { width, center } = WINDOWS[isBrainWindow ? 'brain' : 'stroke'];
    this.viewer.setWindow(target, { windowWidth: width, windowCenter: center });
  }
}
