import type { SegmentMeasure } from './measureSegments';
import { affectedProbability, type RegionEvidence, type RegionFacts } from './regionEvidence';
import { isAffectedByOverlap } from './overlapRule';
import { ASPECTS_REGIONS, segmentIndexOf, SIDES, type RegionId, type Side } from './regions';
import { round } from './round';
import type { ScoringRule } from './scoringRule';

export interface RegionDecision {
  readonly affected: boolean;
  /** Calibrated probability (0-1) that a reader would call the region; null where the overlap decides. */
  readonly probability: number | null;
}

/** Whether calibrated evidence decides, and not the overlap. */
export function decidesByEvidence({ rule, evidence }: ScoringRule): boolean {
  return rule === 'evidence' && evidence !== undefined;
}

/**
 * Decides on one region. The overlap decides by the rule, for want of evidence, and where a reader has
 * redrawn the infarct in this region, of which the network's probabilities say nothing.
 *
 * @param segments measures by segment index
 * @param evidence by segment index
 */
export function decideRegion(
  id: RegionId,
  side: Side,
  segments: readonly SegmentMeasure[],
  evidence: readonly (RegionEvidence | undefined)[],
  { rule, extentsMm }: { readonly rule: ScoringRule; readonly extentsMm: readonly number[] }
): RegionDecision {
  const segment = segmentIndexOf(id, side);
  const known = evidence[segment];
  const redrawn = known && known.infarctMl !== round(segments[segment].infarctMl, 3);
  if (!decidesByEvidence(rule) || !rule.evidence || !known || redrawn) {
    return { affected: isAffectedByOverlap(segments[segment], id, rule, extentsMm), probability: null };
  }
  const facts = regionFacts(segments, evidence);
  const probability = round(affectedProbability(rule.evidence, facts, id, side), 4);
  return { affected: probability >= rule.evidence.threshold, probability };
}

function regionFacts(
  segments: readonly SegmentMeasure[],
  evidence: readonly (RegionEvidence | undefined)[]
): (RegionFacts | undefined)[] {
  const facts: (RegionFacts | undefined)[] = [];
  for (const side of SIDES) {
    for (const { id } of ASPECTS_REGIONS) {
      const segment = segmentIndexOf(id, side);
      const other = segments[segmentIndexOf(id, side === 'left' ? 'right' : 'left')];
      const { volumeMl, meanHu } = segments[segment];
      const known = evidence[segment];
      facts[segment] = known && { ...known, volumeMl, meanHu, contralateralMeanHu: other.meanHu };
    }
  }
  return facts;
}
