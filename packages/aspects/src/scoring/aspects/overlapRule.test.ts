import type { SegmentMeasure } from './measureSegments';
import { isAffectedByOverlap } from './overlapRule';
import type { RegionId } from './regions';
import { mergeScoringRule } from './scoringRule';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** A region with these volumes and this infarct on slices that each stand for `extentMm` of tissue, ml. */
function affected(
  volume: readonly number[],
  infarct: readonly number[],
  extentMm: number,
  scoring: Record<string, unknown> = {},
  region: RegionId = 'M1'
): boolean {
  const measure: SegmentMeasure = {
    volumeMl: sum(volume),
    infarctMl: sum(infarct),
    oldInfarctMl: 0,
    haemorrhageMl: 0,
    meanHu: 30,
    volumeBySliceMl: volume,
    infarctBySliceMl: infarct,
  };
  return isAffectedByOverlap(
    measure,
    region,
    mergeScoringRule(scoring),
    volume.map(() => extentMm)
  );
}

describe('by overlap a region is affected', () => {
  const limits = { minInfarctFraction: 0.25, minInfarctMl: 1 };

  it('from both limits on, and free just below either', () => {
    expect(affected([2, 2], [1, 0], 5, limits)).toBe(true);
    expect(affected([2, 2.02], [1, 0], 5, limits)).toBe(false);
    expect(affected([1, 1], [0.99, 0], 5, limits)).toBe(false);
    expect(affected([0, 0], [0, 0], 5, { minInfarctFraction: 0, minInfarctMl: 0 })).toBe(false);
  });

  it('by its own limits where it has some, and by the general ones for what these leave out', () => {
    const scoring = {
      ...limits,
      regions: { IC: { minInfarctMl: 0.2 }, I: { minInfarctFraction: 0.5, minInfarctMl: 0 } },
    };
    expect(affected([1], [0.3], 5, scoring, 'IC')).toBe(true);
    expect(affected([2], [0.3], 5, scoring, 'IC')).toBe(false);
    expect(affected([1], [0.3], 5, scoring, 'I')).toBe(false);
    expect(affected([1], [0.3], 5, scoring, 'C')).toBe(false);
  });

  it('on thin slices if adjacent ones show it, on thick ones if any does', () => {
    const rule = { minInfarctFraction: 0, minInfarctMl: 0 };
    const volume = [1, 1, 1, 1];
    expect(affected(volume, [0.5, 0, 0.5, 0], 5, rule)).toBe(true);
    expect(affected(volume, [0.5, 0, 0.5, 0], 2.5, rule)).toBe(false);
    expect(affected(volume, [0, 0.5, 0.5, 0], 2.5, rule)).toBe(true);
    expect(affected(volume, [0, 0.5, 0.5, 0], 2.5, { ...rule, adjacentSlices: 3 })).toBe(false);
    // A fiftieth of the region on a slice is seen, less is not; a slice without the region breaks the run.
    expect(affected(volume, [0, 0.5, 0.02, 0], 1, rule)).toBe(true);
    expect(affected(volume, [0, 0.5, 0.019, 0], 1, rule)).toBe(false);
    expect(affected([1, 0, 1], [0.5, 0, 0.5], 1, rule)).toBe(false);
  });
});
