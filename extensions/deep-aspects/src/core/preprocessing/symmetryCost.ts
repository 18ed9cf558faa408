import { dilate } from './cellMasks';
import type { BrainSpace } from './findBrain';
import { CELL_MM, UNCOVERED_HU } from './workingVolume';

/** A candidate mid-sagittal plane: `left' = left cos + posterior sin` equals `lateralMm + lateralSlope * (n - origin)`. */
export interface MidsagittalCandidate {
  readonly angleRad: number;
  readonly lateralMm: number;
  readonly lateralSlope: number;
}

/** Content is compared within this window, HU: bone is one white, air and fat one black. */
const WINDOW_HU: readonly [number, number] = [-40, 120];
/** Differences beyond this count as this: a lesion or a rotated ear must not outweigh the rest. */
const CLIP_HU = 50;
/** Margin around the intracranial space that is looked at: the skull, without headrest and ears. */
const MARGIN_CELLS = 5;
const POINT_STRIDE = 2;
const MOST_PLANES = 14;
/** Planes with less than this part of the largest intracranial area say little about symmetry. */
const AREA_SHARE = 0.45;

interface ComparedPlane {
  readonly offsetMm: number;
  readonly image: Float32Array;
  /** In-plane coordinates (mm) and values of the points whose mirror images are looked up. */
  readonly left: Float32Array;
  readonly posterior: Float32Array;
  readonly value: Float32Array;
}

/** Indices of the working planes that show the vault, at most fourteen, evenly spread. */
export function vaultPlanes(brain: BrainSpace): number[] {
  const largest = Math.max(...brain.areasCm2);
  const fit = brain.areasCm2.flatMap((area, z) => (area > 0 && area >= AREA_SHARE * largest ? [z] : []));
  const step = Math.max(1, fit.length / MOST_PLANES);
  return Array.from({ length: Math.min(fit.length, MOST_PLANES) }, (_, i) => fit[Math.floor(i * step)]);
}

/** How unlike its mirror image the head is, mean HU difference, as a function of the mirror plane. */
export function symmetryCost(
  brain: BrainSpace,
  planes: readonly number[],
  originMm: number
): (candidate: MidsagittalCandidate) => number {
  const { width, height, left0, posterior0 } = brain.volume;
  const compared = planes.map(z => comparePlane(brain, z));
  return ({ angleRad, lateralMm, lateralSlope }) => {
    const [cos, sin] = [Math.cos(angleRad), Math.sin(angleRad)];
    let [total, count] = [0, 0];
    for (const plane of compared) {
      const middle = lateralMm + lateralSlope * (plane.offsetMm - originMm);
      for (let k = 0; k < plane.value.length; k++) {
        const twice = 2 * (plane.left[k] * cos + plane.posterior[k] * sin - middle);
        const x = (plane.left[k] - twice * cos - left0) / CELL_MM;
        const y = (plane.posterior[k] - twice * sin - posterior0) / CELL_MM;
        const mirrored = interpolate(plane.image, width, height, x, y);
        if (!Number.isNaN(mirrored)) {
          total += Math.min(Math.abs(mirrored - plane.value[k]), CLIP_HU);
          count++;
        }
      }
    }
    return count ? total / count : CLIP_HU;
  };
}

function comparePlane(brain: BrainSpace, z: number): ComparedPlane {
  const { width, height, left0, posterior0, planes, planeOffsetsMm } = brain.volume;
  let seen = brain.masks[z];
  for (let i = 0; i < MARGIN_CELLS; i++) {
    seen = dilate(seen, width, height);
  }
  const image = Float32Array.from(planes[z], (hu, i) => {
    if (hu === UNCOVERED_HU) {
      return NaN;
    }
    return seen[i] ? Math.min(Math.max(hu, WINDOW_HU[0]), WINDOW_HU[1]) : WINDOW_HU[0];
  });
  const [left, posterior, value]: [number[], number[], number[]] = [[], [], []];
  for (let y = 0; y < height; y += POINT_STRIDE) {
    for (let x = 0; x < width; x += POINT_STRIDE) {
      const i = y * width + x;
      if (seen[i] && !Number.isNaN(image[i])) {
        left.push(left0 + x * CELL_MM);
        posterior.push(posterior0 + y * CELL_MM);
        value.push(image[i]);
      }
    }
  }
  return {
    offsetMm: planeOffsetsMm[z],
    image,
    left: Float32Array.from(left),
    posterior: Float32Array.from(posterior),
    value: Float32Array.from(value),
  };
}

/** Bilinear; not-a-number outside the grid or next to a cell without pixels. */
function interpolate(image: Float32Array, width: number, height: number, x: number, y: number): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  if (x0 < 0 || y0 < 0 || x0 >= width - 1 || y0 >= height - 1) {
    return NaN;
  }
  const i = y0 * width + x0;
  const [fx, fy] = [x - x0, y - y0];
  const above = image[i] + (image[i + 1] - image[i]) * fx;
  const below = image[i + width] + (image[i + width + 1] - image[i + width]) * fx;
  return above + (below - above) * fy;
}
