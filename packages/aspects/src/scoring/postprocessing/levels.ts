import { levelAreas, levelsFromAreas } from '../aspects/levelBorder';
import { segmentIndexOf, SIDES, type Level, type RegionId } from '../aspects/regions';
import type { GridStack } from './gridStack';

/** Level of each plane; undefined for planes below the ganglionic level or without regions. */
export type PlaneLevels = readonly (Level | undefined)[];

const GANGLIONIC_CORTEX: readonly RegionId[] = ['M1', 'M2', 'M3'];
const SUPRAGANGLIONIC_CORTEX: readonly RegionId[] = ['M4', 'M5', 'M6'];
/**
 * Farther than this from the border between the levels, cortex belongs to the plane's level without
 * exception, mm.
 */
const BORDER_ZONE_MM = 10;

/**
 * Which planes are ganglionic and which supraganglionic, from the regions found in them (`levelsFromAreas`).
 */
export function findLevels(segments: GridStack): PlaneLevels {
  const areas = segments.planes.map(plane => {
    const counts = countValues(plane);
    return levelAreas(segment => (counts[segment] * segments.spacingMm * segments.spacingMm) / 100);
  });
  return levelsFromAreas(areas, segments.extentsMm);
}

/**
 * Makes the cortical regions agree with the levels, in place: away from the border every M1-M3 pixel of a
 * supraganglionic plane becomes M4-M6 of its sector and the reverse; near the border, where a tilted slice
 * may cut both levels, each sector of each side becomes what most of it is. Below the ganglionic level there
 * are no regions.
 */
export function applyLevels(segments: GridStack, levels: PlaneLevels): void {
  const border = borderOffsetMm(segments, levels);
  segments.planes.forEach((plane, z) => {
    const level = levels[z];
    if (level === undefined) {
      plane.fill(0);
      return;
    }
    const near = border !== undefined && Math.abs(segments.planeOffsetsMm[z] - border) <= BORDER_ZONE_MM;
    const counts = countValues(plane);
    const table = Uint8Array.from(counts.keys());
    for (const side of SIDES) {
      GANGLIONIC_CORTEX.forEach((lower, sector) => {
        const low = segmentIndexOf(lower, side);
        const high = segmentIndexOf(SUPRAGANGLIONIC_CORTEX[sector], side);
        const isLower = near ? counts[low] > counts[high] : level === 'ganglionic';
        table[low] = table[high] = isLower ? low : high;
      });
    }
    for (let i = 0; i < plane.length; i++) {
      plane[i] = table[plane[i]];
    }
  });
}

/** Number of pixels of each value. */
function countValues(plane: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256);
  for (let i = 0; i < plane.length; i++) {
    counts[plane[i]]++;
  }
  return counts;
}

function borderOffsetMm(segments: GridStack, levels: PlaneLevels): number | undefined {
  const lower = levels.lastIndexOf('ganglionic');
  const upper = levels.indexOf('supraganglionic');
  return lower < 0 || upper < 0
    ? undefined
    : (segments.planeOffsetsMm[lower] + segments.planeOffsetsMm[upper]) / 2;
}
