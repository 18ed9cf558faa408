import { connectedComponents, gridVoxelMl, type GridStack } from './gridStack';

/** A body of infarct less than this part of which lies in brain is an artefact of bone or scalp. */
const LEAST_BRAIN_SHARE = 0.3;

/**
 * Drops islands from an infarct probability, in place: bodies at or above the threshold that are smaller than
 * `minIslandMl`, or lie mostly outside the brain. Probabilities below the threshold stay, for interpolation at edges.
 *
 * @param probability 0-255 on the network grid.
 * @param brain 1 in brain, same grid.
 * @param threshold 0-1.
 */
export function dropInfarctIslands(
  probability: GridStack,
  brain: GridStack,
  threshold: number,
  minIslandMl: number
): void {
  const limit = threshold * 255;
  const binary: GridStack = {
    ...probability,
    planes: probability.planes.map(plane => plane.map(value => (value >= limit ? 1 : 0))),
  };
  const { numbers, components } = connectedComponents(binary);
  const inBrainMl = new Float64Array(components.length);
  numbers.forEach((plane, z) => {
    const ml = gridVoxelMl(binary, z);
    for (let i = 0; i < plane.length; i++) {
      if (plane[i] >= 0 && brain.planes[z][i]) {
        inBrainMl[plane[i]] += ml;
      }
    }
  });
  const dropped = components.map(
    ({ volumeMl }, k) => volumeMl < minIslandMl || inBrainMl[k] < LEAST_BRAIN_SHARE * volumeMl
  );
  probability.planes.forEach((plane, z) => {
    for (let i = 0; i < plane.length; i++) {
      if (numbers[z][i] >= 0 && dropped[numbers[z][i]]) {
        plane[i] = 0;
      }
    }
  });
}
