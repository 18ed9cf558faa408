import type { StoredVersion } from '../types';

/**
 * The stored reports of each series that the reader can know: those opened on this page or sent from it,
 * since an archive may have kept one that it did not confirm.
 */
export class SeenVersions {
  private readonly bySeries = new Map<string, Set<string>>();

  add(seriesInstanceUID: string, { sopInstanceUID }: Pick<StoredVersion, 'sopInstanceUID'>): void {
    const seen = this.bySeries.get(seriesInstanceUID) ?? new Set();
    this.bySeries.set(seriesInstanceUID, seen.add(sopInstanceUID));
  }

  /** Whether somebody else has stored it. */
  isNews(seriesInstanceUID: string, { sopInstanceUID }: Pick<StoredVersion, 'sopInstanceUID'>): boolean {
    return !this.bySeries.get(seriesInstanceUID)?.has(sopInstanceUID);
  }
}
