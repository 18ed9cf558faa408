import type { ObservableStore } from './observableStore';
import { affectedRegions, levelKeySlices, regionOf, sameRegion } from './overrides';
import type { AspectsState, Draft, OverlayStyle, RegionRef } from './state';
import type { ViewerPort } from './viewerPort';

/** What helps a reader to look: jumping to regions, stepping through the affected ones, both levels, the overlay. */
export class ReadingAids {
  constructor(
    private readonly store: ObservableStore<AspectsState>,
    private readonly viewer: ViewerPort
  ) {}

  async jumpToRegion(region: RegionRef): Promise<void> {
    const { draft, overlay } = this.store.getSnapshot();
    if (!draft) {
      return;
    }
    this.store.update({ selected: region });
    if (overlay.only) {
      this.setOverlay({ only: region });
    }
    const keySlice = regionOf(draft.result, region)?.keySlice;
    if (keySlice) {
      await this.viewer.jumpToSlice(draft.target, keySlice);
    } else {
      this.store.update({ notice: { key: 'notice.regionNotInScan', tone: 'info' } });
    }
  }

  /** The next (+1) or previous (-1) affected region, going round. */
  async stepAffectedRegion(step: 1 | -1): Promise<void> {
    const { draft, selected } = this.store.getSnapshot();
    const affected = draft ? affectedRegions(draft.result) : [];
    if (affected.length === 0) {
      this.store.update({ notice: { key: 'notice.noAffectedRegion', tone: 'info' } });
      return;
    }
    const at = selected ? affected.findIndex(region => sameRegion(region, selected)) : -1;
    const first = step > 0 ? 0 : affected.length - 1;
    await this.jumpToRegion(affected[at < 0 ? first : (at + step + affected.length) % affected.length]);
  }

  setOverlay(change: Partial<OverlayStyle>): void {
    const overlay = { ...this.store.getSnapshot().overlay, ...change };
    this.store.update({ overlay });
    this.viewer.overlay.setStyle(overlay);
  }

  /** Both levels side by side, where both are in the scan. */
  async openLevels({ target, result }: Draft): Promise<void> {
    const slices = levelKeySlices(result);
    if (slices) {
      await this.viewer.showSideBySide(target, slices);
    }
  }
}
