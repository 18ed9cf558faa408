import type { HemisphereResult, InfarctSummary, OldInfarctSummary } from './aspectsResult';
import type { SegmentMeasure } from './measureSegments';
import { ASPECTS_REGIONS, segmentIndexOf, type Side } from './regions';
import { round } from './round';

/** Infarct outside the regions on each side, ml. */
type Unassigned = Readonly<Record<Side, number>>;

/** Volumes of acute infarct; the fraction of the territory is that of the worse side. */
export function summariseInfarct(
  segments: readonly SegmentMeasure[],
  unassigned: Unassigned,
  hemispheres: Readonly<Record<Side, HemisphereResult>>
): InfarctSummary {
  const volumes = summarise(segments, unassigned, ({ infarctMl }) => infarctMl);
  const side = worseSide(hemispheres, segments);
  const territoryMl = territory(side, segments, ({ volumeMl }) => volumeMl);
  const infarctMl = territory(side, segments, measure => measure.infarctMl);
  return { ...volumes, fractionOfMca: territoryMl > 0 ? round(infarctMl / territoryMl, 4) : 0 };
}

export function summariseOldInfarct(
  segments: readonly SegmentMeasure[],
  unassigned: Unassigned
): OldInfarctSummary {
  return summarise(segments, unassigned, ({ oldInfarctMl }) => oldInfarctMl);
}

function summarise(
  segments: readonly SegmentMeasure[],
  unassigned: Unassigned,
  read: (measure: SegmentMeasure) => number
): OldInfarctSummary {
  const [left, right] = [territory('left', segments, read), territory('right', segments, read)];
  const outside = unassigned.left + unassigned.right;
  return {
    volumeMl: round(left + right + outside, 3),
    leftMl: round(left + unassigned.left, 3),
    rightMl: round(right + unassigned.right, 3),
    mcaMl: round(left + right, 3),
    outsideMcaMl: round(outside, 3),
  };
}

/** The side with the lower score; at a tie the one with more infarct in its territory. */
function worseSide(
  { left, right }: Readonly<Record<Side, HemisphereResult>>,
  segments: readonly SegmentMeasure[]
): Side {
  if (left.score !== right.score) {
    return left.score < right.score ? 'left' : 'right';
  }
  const infarctMl = (side: Side): number => territory(side, segments, measure => measure.infarctMl);
  return infarctMl('left') >= infarctMl('right') ? 'left' : 'right';
}

/** Sum over the ten regions of a side, ml. */
function territory(
  side: Side,
  segments: readonly SegmentMeasure[],
  read: (measure: SegmentMeasure) => number
): number {
  return ASPECTS_REGIONS.reduce((sum, { id }) => sum + read(segments[segmentIndexOf(id, side)]), 0);
}
