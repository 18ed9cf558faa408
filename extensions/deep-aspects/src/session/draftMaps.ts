import type { LabelMaps, ScoredSeries } from '@deep-aspects/aspects/scoring';
import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import { DRAFT_LIFETIME_MS, type StoredDraft } from './drafts/draftStore';
import { decodeRuns, encodeRuns } from './drafts/runLength';
import type { Draft } from './state';
import { mapInTurns } from './yielding';

/**
 * The voxel data behind a draft: too big for the state that the panel compares. Planes run caudal to cranial.
 */
export interface DraftMaps extends LabelMaps {
  readonly sliceUIDs: readonly string[];
  /** The infarct mask as the network drew it; `infarct` is as the reader left it. */
  readonly modelInfarct: readonly Uint8Array[];
  /** Absent after a reload, until it is first needed. */
  readonly series: HeadCtSeries | null;
}

export function mapsOfScored(series: HeadCtSeries, scored: ScoredSeries): DraftMaps {
  return {
    sliceUIDs: series.slices.map(slice => slice.sopInstanceUID),
    regions: scored.regions,
    modelInfarct: scored.infarct,
    infarct: scored.infarct,
    series,
  };
}

/** Packs a draft for the browser's storage. */
export async function packDraft(draft: Draft, maps: DraftMaps, now: number): Promise<StoredDraft> {
  const infarct = await mapInTurns(maps.infarct, encodeRuns);
  return {
    version: 1,
    seriesInstanceUID: draft.target.seriesInstanceUID,
    savedAt: new Date(now).toISOString(),
    expiresAt: now + DRAFT_LIFETIME_MS,
    result: draft.result,
    overrides: draft.overrides,
    infarctEdited: draft.infarctEdited,
    haemorrhageDismissed: draft.haemorrhageDismissed,
    unsaved: draft.unsaved,
    sliceUIDs: maps.sliceUIDs,
    planeLength: maps.regions[0]?.length ?? 0,
    regions: await mapInTurns(maps.regions, encodeRuns),
    infarct,
    modelInfarct:
      maps.modelInfarct === maps.infarct ? infarct : await mapInTurns(maps.modelInfarct, encodeRuns),
  };
}

/** The inverse of `packDraft`. Rejects with a RangeError where the storage holds broken planes. */
export async function unpackMaps(stored: StoredDraft): Promise<DraftMaps> {
  const unpack = (runs: Uint32Array) => decodeRuns(runs, stored.planeLength);
  return {
    sliceUIDs: stored.sliceUIDs,
    regions: await mapInTurns(stored.regions, unpack),
    modelInfarct: await mapInTurns(stored.modelInfarct, unpack),
    infarct: await mapInTurns(stored.infarct, unpack),
    series: null,
  };
}

/** Whether two stacks of planes hold the same values. */
export function samePlanes(some: readonly Uint8Array[], others: readonly Uint8Array[] | undefined): boolean {
  return (
    some === others ||
    (some.length === others?.length &&
      some.every((plane, i) => plane === others[i] || sameValues(plane, others[i])))
  );
}

/** A loop, not \`every\`: a series has millions of pixels, and a call for each would hold up the viewer. */
function sameValues(plane: Uint8Array, other: Uint8Array): boolean {
  for (let i = 0; i < plane.length; i++) {
    if (plane[i] !== other[i]) {
      return false;
    }
  }
  return plane.length === other.length;
}
