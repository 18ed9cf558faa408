import { isScoreSuspended } from '@deep-aspects/aspects/report';
import type { AspectsResult, ReaderOverride } from '@deep-aspects/aspects/scoring';
import { SIDES, segmentIndexOf, type Level, type RegionId, type Side } from '@deep-aspects/aspects/scoring';

/** How a region is read, as far as its drawing shows it. */
export interface RegionMark {
  readonly id: RegionId;
  readonly side: Side;
  readonly level: Level;
  readonly affected: boolean;
  /** The reader decided, not the networks. */
  readonly byReader: boolean;
}

/**
 * Marks of all twenty regions by segment index; `overrides` count before the result is computed anew with
 * them. None as long as the score is suspended: nothing is read as affected or normal then.
 */
export function regionMarks(
  result: AspectsResult,
  overrides: readonly ReaderOverride[]
): ReadonlyMap<number, RegionMark> {
  const marks = new Map<number, RegionMark>();
  if (isScoreSuspended(result)) {
    return marks;
  }
  for (const side of SIDES) {
    for (const { id, level, modelAffected } of result.hemispheres[side].regions) {
      const override = overrides.find(one => one.side === side && one.region === id);
      const affected = override?.affected ?? modelAffected;
      marks.set(segmentIndexOf(id, side), { id, side, level, affected, byReader: override !== undefined });
    }
  }
  return marks;
}
