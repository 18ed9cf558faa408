import type { HeadCtSeries, QualityWarning } from '../../series/headCtSeries';
import { doubtOfSlices } from './doubtOfSlices';
import type { BrainSpace } from './findBrain';
import { sidesWith } from './metal';

/** Of the four sides of metal in the skull, brain lies on so many at least: none is in front of its base. */
const LEAST_SIDES = 3;

/** Metal in the skull makes its surroundings black and white, which is neither infarct nor blood. */
export function checkMetal(
  series: HeadCtSeries,
  { volume: { metal, width, planeOfSlice }, masks }: BrainSpace
): readonly QualityWarning[] {
  const isInSkull = metal.map((cells, z) =>
    cells.some(cell => sidesWith(masks[z], width, cell, 1) >= LEAST_SIDES)
  );
  return doubtOfSlices(
    series,
    series.slices.map((_, slice) => slice).filter(slice => isInSkull[planeOfSlice[slice]]),
    'there is metal in the skull (clip, coil, electrode?): its streaks look like infarct or blood. Check every region.'
  );
}
