// Bound once for the loops over cells: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
const { abs } = Math;

/** Attenuation above which a cell is the head's, HU. */
export const HEAD_HU = -300;
/** Differences below this tell nothing, HU. */
export const LEAST_DIFFERENCE_HU = 8;
/** Differences are clipped to this, HU: bone and air must not outweigh everything else. */
const CLIP_HU = 150;

/**
 * Mean difference over the cells that either slice fills with the head, attenuations clipped, HU; 0
 * without a head.
 */
export function difference(a: Float32Array, b: Float32Array): number {
  let [sum, count] = [0, 0];
  for (let cell = 0; cell < a.length; cell++) {
    if (a[cell] > HEAD_HU || b[cell] > HEAD_HU) {
      const distance = cellDifference(a[cell], b[cell]);
      if (distance >= 0) {
        sum += distance;
        count++;
      }
    }
  }
  return count ? sum / count : 0;
}

/** Difference of two cells, attenuations clipped, HU; not-a-number where one has no pixel. */
export function cellDifference(a: number, b: number): number {
  return abs(clipped(a) - clipped(b));
}

function clipped(hu: number): number {
  if (hu > CLIP_HU) {
    return CLIP_HU;
  }
  return hu < -CLIP_HU ? -CLIP_HU : hu;
}

/** How many cells of a preview are denser than `least` and less dense than `below`, HU. */
export function cellsBetween(preview: Float32Array, least: number, below: number): number {
  let count = 0;
  for (let cell = 0; cell < preview.length; cell++) {
    count += preview[cell] > least && preview[cell] < below ? 1 : 0;
  }
  return count;
}
