import { parseAspectsResult } from '@deep-aspects/aspects/scoring';
import { mapsOfScored, unpackMaps, type DraftMaps } from './draftMaps';
import type { DraftStore, StoredDraft } from './drafts/draftStore';
import { readWholeSeries } from './readWholeSeries';
import type { ReportPort } from './reportPort';
import { readerOverrides } from './overrides';
import type { Draft, ScoringTarget } from './state';
import type { ViewerPort } from './viewerPort';

export interface EarlierResult {
  readonly draft: Draft;
  readonly maps: DraftMaps;
}

/** Results of a series from before: what a reload or a crash interrupted, and what the archive holds. */
export class EarlierResults {
  /** Series for which the archive was asked. */
  private readonly askedFor = new Set<string>();

  constructor(
    private readonly ports: {
      readonly viewer: ViewerPort;
      readonly drafts: DraftStore;
      readonly report: ReportPort;
    }
  ) {}

  /** The draft that this browser kept; null where there is none, or none that can be read. */
  async interrupted(target: ScoringTarget): Promise<EarlierResult | null> {
    const { drafts } = this.ports;
    const stored = await drafts.load(target.seriesInstanceUID);
    if (!stored) {
      return null;
    }
    const kept = await unpackDraft(stored).catch(() => null);
    if (!kept) {
      await drafts.remove(target.seriesInstanceUID);
      return null;
    }
    const { overrides, infarctEdited, haemorrhageDismissed, unsaved, savedAt } = stored;
    const changes = { overrides, infarctEdited, haemorrhageDismissed, unsaved };
    return { maps: kept.maps, draft: { target, result: kept.result, ...changes, restoredFrom: savedAt } };
  }

  /**
   * Whether it is worth asking the archive: not asked yet, and the study holds reports as far as
   * is known by now.
   */
  mayBeStored(target: ScoringTarget): boolean {
    return !this.askedFor.has(target.seriesInstanceUID) && this.ports.report.mayHaveStored(target);
  }

  /** The latest result of the series in the archive, which is asked once. */
  async stored(target: ScoringTarget): Promise<EarlierResult | null> {
    this.askedFor.add(target.seriesInstanceUID);
    const series = await readWholeSeries(this.ports.viewer, target);
    const found = await this.ports.report.findStored(series);
    if (!found) {
      return null;
    }
    const { result, regions, infarct, infarctEdited, createdAt } = found;
    const overrides = readerOverrides(result);
    return {
      maps: mapsOfScored(series, { result, regions, infarct }),
      draft: {
        target,
        result,
        overrides,
        infarctEdited,
        // Whoever stored it saw a score.
        haemorrhageDismissed: !result.haemorrhage.suspected,
        unsaved: false,
        storedAt: createdAt,
        fromArchive: true,
      },
    };
  }

  /** What the archive holds of the series does not come back by itself: the reader has seen and closed it. */
  close(seriesInstanceUID: string): void {
    this.askedFor.add(seriesInstanceUID);
  }

  /** Asks again from now on. */
  forget(): void {
    this.askedFor.clear();
  }
}

/** An earlier version of the plugin may have kept it. Rejects where it cannot be read. */
async function unpackDraft(stored: StoredDraft) {
  const result = parseAspectsResult(stored.result);
  if (!result) {
    throw new RangeError('A draft of an unknown version');
  }
  return { result, maps: await unpackMaps(stored) };
}
