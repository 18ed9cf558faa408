import type { AspectsResult, ReaderOverride } from '@deep-aspects/aspects/scoring';

/** How long a draft is kept in the browser without being touched. */
export const DRAFT_LIFETIME_MS = 24 * 60 * 60 * 1000;

/**
 * A draft as it lies in the browser's storage: enough to show and correct it again without running a network.
 */
export interface StoredDraft {
  readonly version: 1;
  readonly seriesInstanceUID: string;
  /** ISO time of the last change. */
  readonly savedAt: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
  readonly result: AspectsResult;
  readonly overrides: readonly ReaderOverride[];
  readonly infarctEdited: boolean;
  readonly haemorrhageDismissed?: boolean;
  readonly unsaved: boolean;
  readonly sliceUIDs: readonly string[];
  /** Pixels a plane. */
  readonly planeLength: number;
  /** Run-length coded planes (`encodeRuns`). */
  readonly regions: readonly Uint32Array[];
  readonly infarct: readonly Uint32Array[];
  readonly modelInfarct: readonly Uint32Array[];
}

/** Drafts by series. No method rejects: a browser without storage merely keeps no drafts. */
export interface DraftStore {
  load(seriesInstanceUID: string): Promise<StoredDraft | null>;
  save(draft: StoredDraft): Promise<void>;
  remove(seriesInstanceUID: string): Promise<void>;
}

/** For tests and for browsers that refuse storage. */
export function createMemoryDraftStore(now: () => number = Date.now): DraftStore {
  const drafts = new Map<string, StoredDraft>();
  return {
    async load(seriesInstanceUID) {
      const draft = drafts.get(seriesInstanceUID);
      return draft && draft.expiresAt > now() ? draft : null;
    },
    async save(draft) {
      drafts.set(draft.seriesInstanceUID, draft);
    },
    async remove(seriesInstanceUID) {
      drafts.delete(seriesInstanceUID);
    },
  };
}
