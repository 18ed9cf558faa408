import { ASPECTS_REGIONS } from '../aspects/regions';
import type { RegionSegments } from '../postprocessing/regionSegments';
import { countSet } from '../../base/cellMasks';
import type { BrainSpace } from '../preprocessing/findBrain';
import { CELL_MM } from '../preprocessing/workingVolume';
import { Refusal } from '../../base/refusal';

/** Fewest regions (of twenty) without which a scan shows nothing to score. */
const LEAST_REGIONS = 3;
/** The anatomy network must see brain in at least this part of the intracranial space it was shown. */
const LEAST_BRAIN_SHARE = 0.25;

/**
 * The second look at whether this is a brain, with the anatomy network's eyes.
 *
 * @throws Refusal NO_BRAIN with what was found.
 */
export function checkAnatomy(brain: BrainSpace, { segments, brain: seen }: RegionSegments): void {
  const isFound = new Uint8Array(2 * ASPECTS_REGIONS.length + 1);
  for (const plane of segments.planes) {
    for (let i = 0; i < plane.length; i++) {
      isFound[plane[i]] = 1;
    }
  }
  const found = countSet(isFound.subarray(1));
  const planes = [...new Set(brain.slices.map(slice => brain.volume.planeOfSlice[slice]))];
  const spaceCm2 = mean(planes.map(z => (countSet(brain.masks[z]) * CELL_MM * CELL_MM) / 100));
  const seenCm2 = mean(seen.planes.map(plane => (countSet(plane) * seen.spacingMm * seen.spacingMm) / 100));
  if (found < LEAST_REGIONS || seenCm2 < LEAST_BRAIN_SHARE * spaceCm2) {
    throw new Refusal(
      'NO_BRAIN',
      `The anatomy network recognises no brain at the ASPECTS levels (${found} of ${2 * ASPECTS_REGIONS.length} ` +
        'regions). Choose a head CT that covers the basal ganglia and the corona radiata.',
      { regions: found, brainAreaCm2: seenCm2, intracranialAreaCm2: spaceCm2 }
    );
  }
}

function mean(values: readonly number[]): number {
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
}
