import { ASPECTS_REGIONS, type Level, type RegionId } from './regions';

/** Deep structures that exist at the ganglionic level only; the caudate's body reaches higher. */
const DEEP: readonly RegionId[] = ['L', 'IC', 'I'];

/** Areas of a slice that tell its level, both sides together, cm2. */
export interface LevelAreas {
  /** Lentiform nucleus, internal capsule and insula. */
  readonly deep: number;
  /** M1-M3. */
  readonly lower: number;
  /** M4-M6. */
  readonly upper: number;
}

/** Deep structures are small but decide more surely than cortex. */
const DEEP_WEIGHT = 3;
/** Least deep area of the lowest ganglionic slice, least cortical area of a supraganglionic one, cm2. */
const LEAST_DEEP_CM2 = 0.4;
const LEAST_CORTEX_CM2 = 2;

/** Sums areas by segment index (0-20) into what tells the level. */
export function levelAreas(areaCm2: (segment: number) => number): LevelAreas {
  const sums = { deep: 0, lower: 0, upper: 0 };
  for (let segment = 1; segment <= 2 * ASPECTS_REGIONS.length; segment++) {
    const region = ASPECTS_REGIONS[(segment - 1) % ASPECTS_REGIONS.length];
    const area = areaCm2(segment);
    if (DEEP.includes(region.id)) {
      sums.deep += area;
    } else if (region.id !== 'C') {
      sums[region.level === 'ganglionic' ? 'lower' : 'upper'] += area;
    }
  }
  return sums;
}

/**
 * The level of each slice from its anatomy: the one border that puts most of the lentiform nucleus, capsule,
 * insula and M1-M3 below and most of M4-M6 above. Undefined below the lowest slice with deep structures and
 * where regions are missing.
 *
 * @param areas caudal to cranial.
 * @param extentsMm tissue that each slice stands for.
 */
export function levelsFromAreas(
  areas: readonly LevelAreas[],
  extentsMm: readonly number[]
): (Level | undefined)[] {
  const border = bestBorder(areas, extentsMm);
  const lowest = areas.findIndex(area => area.deep >= LEAST_DEEP_CM2);
  return areas.map((area, z) => {
    if (z >= border) {
      return area.upper + area.lower >= LEAST_CORTEX_CM2 ? 'supraganglionic' : undefined;
    }
    return lowest >= 0 && z >= lowest && area.deep + area.lower > 0 ? 'ganglionic' : undefined;
  });
}

/** Number of slices below the border. */
function bestBorder(areas: readonly LevelAreas[], extentsMm: readonly number[]): number {
  let [best, bestGain, gain] = [0, 0, 0];
  areas.forEach((area, z) => {
    gain += (DEEP_WEIGHT * area.deep + area.lower - area.upper) * extentsMm[z];
    if (gain > bestGain) {
      [best, bestGain] = [z + 1, gain];
    }
  });
  return best;
}
