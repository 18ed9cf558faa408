import { median } from '../../series/statistics';
import type { SegmentMeasure } from './measureSegments';
import type { RegionId } from './regions';
import { limitsOf, type ScoringRule } from './scoringRule';

/** Infarct on a slice counts as seen from this part of the region's pixels there. */
const SEEN_SHARE = 0.02;

/**
 * Whether a region's infarct reaches the rule's limits and, where the region's slices are thin, is seen on
 * enough adjacent slices.
 *
 * @param extentsMm tissue that each slice of the series stands for.
 */
export function isAffectedByOverlap(
  measure: SegmentMeasure,
  region: RegionId,
  rule: ScoringRule,
  extentsMm: readonly number[]
): boolean {
  const { volumeMl, infarctMl } = measure;
  const limits = limitsOf(rule, region);
  if (infarctMl <= 0 || infarctMl < limits.minInfarctMl || infarctMl < limits.minInfarctFraction * volumeMl) {
    return false;
  }
  return !isThin(measure, rule, extentsMm) || longestRun(measure) >= rule.adjacentSlices;
}

function isThin(
  { volumeBySliceMl }: SegmentMeasure,
  rule: ScoringRule,
  extentsMm: readonly number[]
): boolean {
  const extents = extentsMm.filter((_, slice) => volumeBySliceMl[slice] > 0);
  return median(extents) <= rule.thinSliceMm;
}

/** Most adjacent slices on which infarct is seen in the region. */
function longestRun({ volumeBySliceMl, infarctBySliceMl }: SegmentMeasure): number {
  let [longest, run] = [0, 0];
  volumeBySliceMl.forEach((volume, slice) => {
    run = volume > 0 && infarctBySliceMl[slice] >= SEEN_SHARE * volume ? run + 1 : 0;
    longest = Math.max(longest, run);
  });
  return longest;
}
