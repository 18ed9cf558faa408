import { INFARCT_CLASS } from '../aspects/infarctClasses';
import type { ScoringRule } from '../aspects/scoringRule';
import type { ModelManifest } from '../manifest/modelManifest';
import { connectedComponents, gridVoxelMl, mapPlanes, type GridStack } from './gridStack';

/** A body of infarct less than this part of which lies in brain is an artefact of bone or scalp. */
const LEAST_BRAIN_SHARE = 0.3;

/**
 * Threshold (0-1) of each class of an infarct network, in their order; a site's rule goes over the manifest
 * for acute infarct.
 */
export function infarctThresholds(
  { output, classes }: Pick<ModelManifest, 'output' | 'classes'>,
  { infarctThreshold }: Pick<ScoringRule, 'infarctThreshold'>
): number[] {
  const general = output.threshold ?? 0.5;
  return classes.map(({ id }) =>
    id === INFARCT_CLASS.acute ? (infarctThreshold ?? general) : (output.thresholds?.[id] ?? general)
  );
}

/**
 * Copies of the probabilities in which each pixel keeps the class that exceeds its threshold the most:
 * no pixel is acute and old infarct at once. Probabilities below their thresholds stay, for
 * interpolation at edges.
 */
export function oneClassAPixel(
  probabilities: readonly GridStack[],
  thresholds: readonly number[]
): GridStack[] {
  const copies = probabilities.map(stack => ({ ...stack, planes: stack.planes.map(plane => plane.slice()) }));
  const limits = thresholds.map(threshold => threshold * 255);
  probabilities[0].planes.forEach((_, z) =>
    keepBest(
      copies.map(({ planes }) => planes[z]),
      limits
    )
  );
  return copies;
}

/** Clears a pixel in all planes but one of those that reach their limits there, in place. */
function keepBest(planes: readonly Uint8Array[], limits: readonly number[]): void {
  const best = new Int8Array(planes[0].length).fill(-1);
  planes.forEach((plane, c) => {
    const limit = limits[c];
    for (let i = 0; i < plane.length; i++) {
      if (plane[i] < limit) {
        continue;
      }
      const rival = best[i];
      if (rival < 0) {
        best[i] = c;
      } else if (plane[i] - limit > planes[rival][i] - limits[rival]) {
        planes[rival][i] = 0;
        best[i] = c;
      } else {
        plane[i] = 0;
      }
    }
  });
}

/**
 * Drops islands from an infarct probability, in place: bodies at or above the threshold of which less than
 * `minIslandMl` reaches the rule's `coreThreshold`, or which lie mostly outside the brain. So a body is
 * accepted for its core and outlined to its edge; one high threshold for both would shrink it. Probabilities
 * below the threshold stay, for interpolation at edges.
 *
 * @param probability 0-255 on the network grid.
 * @param brain 1 in brain, same grid.
 * @param threshold 0-1.
 */
export function dropInfarctIslands(
  probability: GridStack,
  brain: GridStack,
  threshold: number,
  { minIslandMl, coreThreshold }: Pick<ScoringRule, 'minIslandMl' | 'coreThreshold'>
): void {
  const limit = threshold * 255;
  const coreLimit = Math.max(limit, (coreThreshold ?? 0) * 255);
  const reaches = Uint8Array.from({ length: 256 }, (_, value) => (value >= limit ? 1 : 0));
  const binary = mapPlanes(probability, reaches);
  // Most scans show nothing of at least one class.
  if (!binary.planes.some(plane => plane.includes(1))) {
    return;
  }
  const { numbers, components } = connectedComponents(binary);
  const inBrainMl = new Float64Array(components.length);
  const coreMl = new Float64Array(components.length);
  numbers.forEach((plane, z) => {
    const ml = gridVoxelMl(binary, z);
    const isBrain = brain.planes[z];
    const values = probability.planes[z];
    for (let i = 0; i < plane.length; i++) {
      if (plane[i] >= 0) {
        inBrainMl[plane[i]] += isBrain[i] ? ml : 0;
        coreMl[plane[i]] += values[i] >= coreLimit ? ml : 0;
      }
    }
  });
  const dropped = components.map(
    ({ volumeMl }, k) => coreMl[k] < minIslandMl || inBrainMl[k] < LEAST_BRAIN_SHARE * volumeMl
  );
  probability.planes.forEach((plane, z) => {
    const bodies = numbers[z];
    for (let i = 0; i < plane.length; i++) {
      if (bodies[i] >= 0 && dropped[bodies[i]]) {
        plane[i] = 0;
      }
    }
  });
}
