import type { StackContext } from '../manifest/modelManifest';

/**
 * What a slice hears of its neighbours: for each offset the first `size` features, interpolated linearly
 * along the normal between the two nearest slices; beyond the stack's ends, those of the end slice.
 *
 * @param planeOffsetsMm position of each slice along the normal, ascending
 * @param features of each slice, at least `size` numbers
 * @returns `offsetsMm.length * size` numbers, offset by offset
 */
export function neighbourFeatures(
  { offsetsMm, size }: StackContext,
  planeOffsetsMm: readonly number[],
  features: readonly Float32Array[],
  slice: number
): Float32Array {
  const result = new Float32Array(offsetsMm.length * size);
  offsetsMm.forEach((offset, k) => {
    const { below, above, share } = between(planeOffsetsMm, planeOffsetsMm[slice] + offset);
    const [low, high] = [features[below], features[above]];
    for (let i = 0, at = k * size; i < size; i++, at++) {
      result[at] = low[i] + (high[i] - low[i]) * share;
    }
  });
  return result;
}

/** The two slices around a position, and how far it lies from the lower to the upper one, 0-1. */
function between(
  planeOffsetsMm: readonly number[],
  position: number
): { readonly below: number; readonly above: number; readonly share: number } {
  const last = planeOffsetsMm.length - 1;
  const above = planeOffsetsMm.findIndex(offset => offset >= position);
  if (above === 0 || above === -1) {
    const end = above === 0 ? 0 : last;
    return { below: end, above: end, share: 0 };
  }
  const [low, high] = [planeOffsetsMm[above - 1], planeOffsetsMm[above]];
  return { below: above - 1, above, share: (position - low) / (high - low) };
}
