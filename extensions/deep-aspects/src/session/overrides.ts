import type { AspectsResult, ReaderOverride, RegionResult } from '@deep-aspects/aspects/scoring';
import { segmentIndexOf, SIDES, type Level } from '@deep-aspects/aspects/scoring';
import { isScoreSuspended } from '@deep-aspects/aspects/report';
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
 * The overrides with the reader's new word on a region. Switching back to what the model says withdraws the
 * reader's word: the region counts as the model's again.
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

/**
 * The slice that shows most of a haemorrhage, as long as one is suspected; null where there is none, or
 * it is not known.
 */
export function suspectedHaemorrhageSlice(result: AspectsResult): string | null {
  return isScoreSuspended(result) ? result.haemorrhage.keySlice : null;
}

/**
 * A slice that shows each level best, never the same one for both: amid the affected regions, else with most
 * infarct, else the one that shows the lentiform nucleus or M5 best. As long as a haemorrhage is suspected,
 * the column of its level is at its largest cross-section (where it lies in neither level, the ganglionic
 * one), and the other as near to it as that level reaches. Null where the scan has not both levels.
 */
export function levelKeySlices(result: AspectsResult): Readonly<Record<Level, string>> | null {
  const bleeding = suspectedHaemorrhageSlice(result);
  const [ganglionic, supraganglionic] = (['ganglionic', 'supraganglionic'] as const).map(level =>
    bleeding === null ? levelCandidates(result, level) : bleedingCandidates(result, level, bleeding)
  );
  for (const upper of supraganglionic) {
    const lower = ganglionic.find(uid => uid !== upper);
    if (lower) {
      return { ganglionic: lower, supraganglionic: upper };
    }
  }
  return null;
}

/** Slices for a level's column, best first, with a bleeding on that slice. */
function bleedingCandidates(result: AspectsResult, level: Level, bleeding: string): string[] {
  const { ganglionic, supraganglionic } = result.levels;
  if (ganglionic.length === 0 || supraganglionic.length === 0) {
    return [];
  }
  const isAbove = supraganglionic.includes(bleeding);
  const isBelow = ganglionic.includes(bleeding);
  if (level === (isAbove ? 'supraganglionic' : 'ganglionic')) {
    return [bleeding];
  }
  // Levels are listed from caudal to cranial.
  if (isAbove) {
    return [...ganglionic].reverse();
  }
  return isBelow ? [...supraganglionic] : levelCandidates(result, level);
}

/**
 * Slices of a level, best first: the regions' key slices, by how near they are to those of the affected
 * regions and then by infarct, then the level's slices from its middle outwards. By infarct alone, a big
 * cortical one would hide small ones in the nuclei below.
 */
function levelCandidates(result: AspectsResult, level: Level): string[] {
  const typical = level === 'ganglionic' ? 'L' : 'M5';
  const slices = result.levels[level];
  const found = SIDES.flatMap(side => result.hemispheres[side].regions).flatMap(region =>
    region.level === level && region.keySlice !== null ? [{ ...region, keySlice: region.keySlice }] : []
  );
  const affected = found.filter(region => region.affected);
  const nearness = ({ keySlice }: { keySlice: string }) =>
    affected.reduce(
      (sum, other) => sum + 1 / (1 + Math.abs(slices.indexOf(other.keySlice) - slices.indexOf(keySlice))),
      0
    );
  const byNearness = [...found].sort(
    (a, b) =>
      nearness(b) - nearness(a) ||
      b.infarctMl - a.infarctMl ||
      Number(b.id === typical) - Number(a.id === typical)
  );
  const middle = (slices.length - 1) / 2;
  const outwards = [...slices.keys()].sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  return [...byNearness.map(({ keySlice }) => keySlice), ...outwards.map(index => slices[index])];
}

/** The reader's decisions that a result holds. */
export function readerOverrides(result: AspectsResult): ReaderOverride[] {
  return SIDES.flatMap(side =>
    result.hemispheres[side].regions
      .filter(region => region.source === 'reader')
      .map(region => ({ side, region: region.id, affected: region.affected }))
  );
}

/**
 * The result as it stands once the reader has seen that there is no haemorrhage: ASPECTS applies, and the
 * result says who decided that, where there was something to decide.
 */
export function withoutHaemorrhage(result: AspectsResult): AspectsResult {
  const { haemorrhage } = result;
  return {
    ...result,
    haemorrhage: haemorrhage.suspected
      ? { ...haemorrhage, suspected: false, excludedByReader: true }
      : haemorrhage,
    warnings: result.warnings.filter(({ code }) => code !== 'HEMORRHAGE_SUSPECTED'),
  };
}
