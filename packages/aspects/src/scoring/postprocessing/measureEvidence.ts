import type { RegionEvidence } from '../aspects/regionEvidence';
import { ASPECTS_REGIONS } from '../aspects/regions';
import { round } from '../aspects/round';
import { gridVoxelMl, type GridStack } from './gridStack';

/** Probability from which a pixel is more likely infarct than not, 0-255. */
const LIKELY = 127.5;
/** Levels of a probability, and the part of a region that counts as its upper end. */
const LEVELS = 256;
const UPPER_PART = 0.1;

/**
 * What the infarct network says inside each region, on the network grid.
 *
 * @param segments segment indices 0-20
 * @param probabilities 0-255, a stack a class: acute infarct, and old infarct where the network has it
 * @returns by segment index, rounded as results are, so that a correction decides by the same numbers;
 *   undefined where the region was not found. `infarctMl` is left to whoever has the final mask.
 */
export function measureEvidence(
  segments: GridStack,
  [acute, old]: readonly GridStack[]
): (Omit<RegionEvidence, 'infarctMl'> | undefined)[] {
  const count = 2 * ASPECTS_REGIONS.length + 1;
  const sums = new Float64Array(count * 4);
  const mlByLevel = new Float64Array(count * LEVELS);
  segments.planes.forEach((plane, z) => {
    const ml = gridVoxelMl(segments, z);
    for (let i = 0; i < plane.length; i++) {
      const segment = plane[i];
      if (segment) {
        sums[segment * 4] += ml;
        mlByLevel[segment * LEVELS + acute.planes[z][i]] += ml;
        sums[segment * 4 + 1] += ml * acute.planes[z][i];
        sums[segment * 4 + 2] += acute.planes[z][i] > LIKELY ? ml : 0;
        sums[segment * 4 + 3] += old && old.planes[z][i] > LIKELY ? ml : 0;
      }
    }
  });
  return Array.from({ length: count }, (_, segment) => {
    const [ml, probability, likely, oldMl] = sums.subarray(segment * 4, segment * 4 + 4);
    return segment > 0 && ml > 0
      ? {
          meanProbability: round(probability / ml / 255, 4),
          likelyFraction: round(likely / ml, 4),
          upperTenthProbability: round(
            levelReached(mlByLevel.subarray(segment * LEVELS, (segment + 1) * LEVELS), UPPER_PART * ml) / 255,
            4
          ),
          oldFraction: round(oldMl / ml, 4),
        }
      : undefined;
  });
}

/** The highest level that at least `ml` of a histogram reach. */
function levelReached(mlByLevel: Float64Array, ml: number): number {
  let above = 0;
  for (let level = LEVELS - 1; level > 0; level--) {
    above += mlByLevel[level];
    if (above >= ml) {
      return level;
    }
  }
  return 0;
}
