import { sliceExtents } from '../../series/sliceGeometry';

/** Share of a slab that a native slice fills; the shares of a slab add up to 1. */
export interface SlabShare {
  readonly slice: number;
  readonly share: number;
}

/**
 * The native slices that make up the slab [centre - thickness / 2, centre + thickness / 2] along the normal,
 * where each slice fills the space half-way to its neighbours. What reaches beyond the stack is filled by
 * the end slice.
 */
export function slabShares(
  planeOffsetsMm: readonly number[],
  centreMm: number,
  thicknessMm: number
): SlabShare[] {
  const [low, high] = [centreMm - thicknessMm / 2, centreMm + thicknessMm / 2];
  const last = planeOffsetsMm.length - 1;
  const shares: SlabShare[] = [];
  for (let slice = 0; slice <= last; slice++) {
    const from = slice === 0 ? -Infinity : (planeOffsetsMm[slice - 1] + planeOffsetsMm[slice]) / 2;
    const to = slice === last ? Infinity : (planeOffsetsMm[slice] + planeOffsetsMm[slice + 1]) / 2;
    const overlap = Math.min(high, to) - Math.max(low, from);
    if (overlap > 1e-9) {
      shares.push({ slice, share: overlap / thicknessMm });
    }
  }
  return shares;
}

/** One run of the networks: a plane, and the native slices that take its output. */
export interface NetworkSlice {
  readonly planeOffsetMm: number;
  readonly slices: readonly number[];
}

/** Below this spacing several native slices share a network slice, mm. */
const THIN_SPACING_MM = 2.5;
/** Distance of network slices in thin series, mm. */
const NETWORK_SPACING_MM = 5;

/**
 * On which slices the networks run: on each native slice that has brain or, if slices are closer than 2.5 mm,
 * about every 5 mm, each native slice then belonging to the nearest run.
 *
 * @param brainSlices indices of the native slices to cover, ascending.
 */
export function planNetworkSlices(
  planeOffsetsMm: readonly number[],
  brainSlices: readonly number[]
): NetworkSlice[] {
  const extents = sliceExtents(planeOffsetsMm);
  const plan: NetworkSlice[] = [];
  let thin: number[] = [];
  const closeThin = (): void => {
    plan.push(...shareThinSlices(planeOffsetsMm, thin));
    thin = [];
  };
  for (const slice of brainSlices) {
    const broken = thin.length > 0 && thin[thin.length - 1] !== slice - 1;
    if (broken || extents[slice] >= THIN_SPACING_MM) {
      closeThin();
    }
    if (extents[slice] >= THIN_SPACING_MM) {
      plan.push({ planeOffsetMm: planeOffsetsMm[slice], slices: [slice] });
    } else {
      thin.push(slice);
    }
  }
  closeThin();
  return plan;
}

/**
 * Splits a run of thin slices evenly into groups of about 5 mm, each seen at the native plane nearest
 * to its middle.
 */
function shareThinSlices(planeOffsetsMm: readonly number[], slices: readonly number[]): NetworkSlice[] {
  if (slices.length === 0) {
    return [];
  }
  const first = planeOffsetsMm[slices[0]];
  const span = planeOffsetsMm[slices[slices.length - 1]] - first;
  const count = Math.max(1, Math.round(span / NETWORK_SPACING_MM));
  const groups = Array.from({ length: count }, (): number[] => []);
  for (const slice of slices) {
    const position = span > 0 ? (planeOffsetsMm[slice] - first) / span : 0;
    groups[Math.min(count - 1, Math.floor(position * count))].push(slice);
  }
  return groups
    .filter(group => group.length > 0)
    .map(group => ({ planeOffsetMm: planeOffsetsMm[group[group.length >> 1]], slices: group }));
}
