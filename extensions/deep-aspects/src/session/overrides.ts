import {
  ASPECTS_REGIONS,
  type AspectsResult,
  type ReaderOverride,
  type RegionResult,
  segmentIndexOf,
  SIDES,
} from '@deep-aspects/aspects/scoring';
import type { RegionRef } from './state';

export function sameRegion(a: RegionRef, b: RegionRef): boolean {
  return a.side === b.side && a.region === b.region;
}

export function regionOf(result: AspectsResult, ref: RegionRef): RegionResult | undefined {
  return result.hemispheres[ref.side].regions.find(region => region.id === ref.region);
}

/** The overrides without the reader's word on that region. */
export function withoutOverride(overrides: readonly ReaderOverride[], ref: RegionRef): ReaderOverride[] {
  return overrides.filter(override => !sameRegion(override, ref));
}

/**
 * The overrides with the reader's new word on a region. Switching back to what the model says withdraws the reader's word:
 * the region counts as the model's again.
 */
export function withOverride(
  overrides: readonly ReaderOverride[],
  result: AspectsResult,
  change: RegionRef & { readonly affected: boolean }
): ReaderOverride[] {
  const others = withoutOverride(overrides, change);
  const { side, region, affected } = change;
  return regionOf(result, change)?.modelAffected === affected
    ? others
    : [...others, { side, region, affected }];
}

/** All affected regions in reading order: right then left as on the image, by region. */
export function affectedRegions(result: AspectsResult): RegionRef[] {
  return [...SIDES]
    .reverse()
    .flatMap(side =>
      result.hemispheres[side].regions
        .filter(region => region.affected)
        .map(region => ({ side, region: region.id }))
    );
}

/** Key slice by segment index, for the regions that were found. */
export function keySlicesBySegment(result: AspectsResult): Record<number, string> {
  const keySlices: Record<number, string> = {};
  for (const side of SIDES) {
    for (const region of result.hemispheres[side].regions) {
      if (region.keySlice) {
        keySlices[segmentIndexOf(region.id, side)] = region.keySlice;
      }
    }
  }
  return keySlices;
}

/** A slice that shows each level well: the key slice of the level's most telling region. */
export function levelKeySlices(result: AspectsResult): readonly [string, string] | null {
  const middle = (uids: readonly string[]) => uids[uids.length >> 1];
  const ganglionic = bestKeySlice(result, 'ganglionic') ?? middle(result.levels.ganglionic);
  const supraganglionic = bestKeySlice(result, 'supraganglionic') ?? middle(result.levels.supraganglionic);
  return ganglionic && supraganglionic ? [ganglionic, supraganglionic] : null;
}

function bestKeySlice(result: AspectsResult, level: RegionResult['level']): string | null {
  const regions = SIDES.flatMap(side => result.hemispheres[side].regions).filter(
    region => region.level === level
  );
  const most = regions.reduce<RegionResult | null>(
    (best, region) => (region.infarctMl > (best?.infarctMl ?? 0) ? region : best),
    null
  );
  // Without infarct, the lentiform nucleus and M5 stand for their levels: they lie in the middle of them.
  const typical = regions.find(
    region => region.id === (level === 'ganglionic' ? ASPECTS_REGIONS[1].id : 'M5')
  );
  return (most ?? typical)?.keySlice ?? null;
}

/** The reader's decisions that a result holds. */
export function readerOverrides(result: AspectsResult): ReaderOverride[] {
  return SIDES.flatMap(side =>
    result.hemispheres[side].regions
      .filter(region => region.source === 'reader')
      .map(region => ({ side, region: region.id, affected: region.affected }))
  );
}
