import { dilate, erode } from './cellMasks';
import type { BrainSpace } from './findBrain';
import { CELL_MM, UNCOVERED_HU } from './workingVolume';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it (test runners).
const { abs, floor, max, min } = Math;
const { isNaN } = Number;

/**
 * A candidate mid-sagittal plane. In the plane of the slice at offset n it is the line
 * `left Math.cos(angle) + posterior Math.sin(angle) = lateralMm + lateralSlope (n - origin)`.
 */
export interface MidsagittalCandidate {
  readonly angleRad: number;
  readonly lateralMm: number;
  readonly lateralSlope: number;
}

/** Brightness that is compared, by HU: brain and fluid are spread out; bone is one white, air and fat one black. */
const BRIGHTNESS: readonly (readonly [hu: number, brightness: number])[] = [
  [-40, -20],
  [0, 0],
  [60, 120],
  [120, 140],
];
/** Differences beyond this count as this: a lesion or a rotated ear must not outweigh the rest. */
const CLIP = 45;
/** Margin around the intracranial space that is looked at: the skull, without headrest and ears. */
const MARGIN_CELLS = 5;
/** Points keep this far from the skull. */
const EDGE_CELLS = 2;
const POINT_STRIDE = 3;
/** Heights of points above their plane, as parts of the distance to the next one. */
const HEIGHTS = [0, 0.4, 0.8, 0.2, 0.6];
const MOST_PLANES = 14;
/** Planes with less than this part of the largest intracranial area say little about symmetry. */
const AREA_SHARE = 0.45;
/** Mirror images may be looked up in planes down to this part. */
const LOOKUP_AREA_SHARE = 0.2;
/** A mirror plane that sends more than this part of the head out of the images explains nothing. */
const GREATEST_LOST_SHARE = 0.5;

interface Points {
  /** Position (mm) and value of the points whose mirror images are looked up. */
  readonly left: Float32Array;
  readonly posterior: Float32Array;
  readonly offset: Float32Array;
  readonly value: Float32Array;
}

/** Indices of the working planes that show the vault, at most fourteen, evenly spread. */
export function vaultPlanes(brain: BrainSpace): number[] {
  const fit = planesAbove(brain, AREA_SHARE);
  const step = max(1, fit.length / MOST_PLANES);
  return Array.from({ length: min(fit.length, MOST_PLANES) }, (_, i) => fit[floor(i * step)]);
}

function planesAbove(brain: BrainSpace, share: number): number[] {
  const largest = max(...brain.areasCm2);
  return brain.areasCm2.flatMap((area, z) => (area > 0 && area >= share * largest ? [z] : []));
}

/**
 * How unlike its mirror image the head is, mean difference of brightness, as a function of the mirror plane. The reflection is in
 * space: where the head is rolled, a point's mirror image lies in another slice.
 */
export function symmetryCost(
  brain: BrainSpace,
  planes: readonly number[],
  originMm: number
): (candidate: MidsagittalCandidate) => number {
  const images = smoothBetweenPlanes(
    new Map(planesAbove(brain, LOOKUP_AREA_SHARE).map(z => [z, brightnessImage(brain, z)]))
  );
  const lookUp = createLookUp(brain, images);
  const points = gatherPoints(brain, planes, lookUp);
  return ({ angleRad, lateralMm, lateralSlope }) => {
    const norm = Math.hypot(1, lateralSlope);
    const [cos, sin, rise] = [Math.cos(angleRad) / norm, Math.sin(angleRad) / norm, -lateralSlope / norm];
    let [total, count] = [0, 0];
    for (let k = 0; k < points.value.length; k++) {
      const { left, posterior, offset } = points;
      const twice =
        2 * (left[k] * cos + posterior[k] * sin + (offset[k] - originMm) * rise - lateralMm / norm);
      const mirrored = lookUp(left[k] - twice * cos, posterior[k] - twice * sin, offset[k] - twice * rise);
      if (!isNaN(mirrored)) {
        total += min(abs(mirrored - points.value[k]), CLIP);
        count++;
      }
    }
    const lost = 1 - count / points.value.length;
    return lost < 1 ? total / count + CLIP * max(0, lost - GREATEST_LOST_SHARE) : 2 * CLIP;
  };
}

/** Brightness within the margin around the intracranial space, black outside it; not-a-number where no pixel lies. */
function brightnessImage(brain: BrainSpace, z: number): Float32Array {
  const seen = marginMask(brain, z);
  return Float32Array.from(brain.volume.planes[z], (hu, i) =>
    hu === UNCOVERED_HU ? NaN : brightness(seen[i] ? hu : -Infinity)
  );
}

function brightness(hu: number): number {
  const above = BRIGHTNESS.findIndex(([limit]) => hu < limit);
  if (above <= 0) {
    return BRIGHTNESS[above === 0 ? 0 : BRIGHTNESS.length - 1][1];
  }
  const [[lowHu, low], [highHu, high]] = [BRIGHTNESS[above - 1], BRIGHTNESS[above]];
  return low + ((high - low) * (hu - lowHu)) / (highHu - lowHu);
}

/** A quarter, a half, a quarter of neighbouring planes: without it an unrolled head, compared within planes, looks best. */
function smoothBetweenPlanes(images: ReadonlyMap<number, Float32Array>): ReadonlyMap<number, Float32Array> {
  const smooth = (image: Float32Array, z: number): Float32Array => {
    const [below, above] = [images.get(z - 1) ?? image, images.get(z + 1) ?? image];
    return image.map((value, i) => value / 2 + (below[i] + above[i]) / 4);
  };
  return new Map([...images].map(([z, image]) => [z, smooth(image, z)]));
}

function marginMask(brain: BrainSpace, z: number): Uint8Array {
  return dilate(brain.masks[z], brain.volume.width, brain.volume.height, MARGIN_CELLS);
}

/**
 * Points of the vault at heights spread between the planes: were they on the planes, a mirror plane without roll would win
 * for comparing pixels with pixels, every other one comparing them with interpolated, smoother values.
 */
function gatherPoints(brain: BrainSpace, planes: readonly number[], lookUp: LookUp): Points {
  const { width, height, left0, posterior0, planeOffsetsMm } = brain.volume;
  const [left, posterior, offset, value]: number[][] = [[], [], [], []];
  for (const z of planes) {
    const inside = erode(brain.masks[z], width, height, EDGE_CELLS);
    const step = (planeOffsetsMm[z + 1] ?? planeOffsetsMm[z]) - planeOffsetsMm[z];
    for (let y = z % POINT_STRIDE; y < height; y += POINT_STRIDE) {
      for (let x = 0; x < width; x += POINT_STRIDE) {
        const at = planeOffsetsMm[z] + step * HEIGHTS[(x + 2 * y) % HEIGHTS.length];
        const seenValue = inside[y * width + x]
          ? lookUp(left0 + x * CELL_MM, posterior0 + y * CELL_MM, at)
          : NaN;
        if (!isNaN(seenValue)) {
          left.push(left0 + x * CELL_MM);
          posterior.push(posterior0 + y * CELL_MM);
          offset.push(at);
          value.push(seenValue);
        }
      }
    }
  }
  return {
    left: Float32Array.from(left),
    posterior: Float32Array.from(posterior),
    offset: Float32Array.from(offset),
    value: Float32Array.from(value),
  };
}

type LookUp = (left: number, posterior: number, offset: number) => number;

/** Interpolates between cells and planes; not-a-number outside the images. */
function createLookUp(brain: BrainSpace, images: ReadonlyMap<number, Float32Array>): LookUp {
  const { width, height, left0, posterior0, planeOffsetsMm } = brain.volume;
  const last = planeOffsetsMm.length - 1;
  let below = 0;
  return (left, posterior, offset) => {
    while (below < last && planeOffsetsMm[below + 1] <= offset) {
      below++;
    }
    while (below > 0 && planeOffsetsMm[below] > offset) {
      below--;
    }
    const x = (left - left0) / CELL_MM;
    const y = (posterior - posterior0) / CELL_MM;
    const lower = interpolate(images.get(below), width, height, x, y);
    const gap = offset - planeOffsetsMm[below];
    if (abs(gap) < 1e-3) {
      return lower;
    }
    if (below === last || gap < 0) {
      return NaN;
    }
    const upper = interpolate(images.get(below + 1), width, height, x, y);
    return lower + ((upper - lower) * gap) / (planeOffsetsMm[below + 1] - planeOffsetsMm[below]);
  };
}

/** Bilinear; not-a-number without image, outside the grid, or next to a cell without pixels. */
function interpolate(
  image: Float32Array | undefined,
  width: number,
  height: number,
  x: number,
  y: number
): number {
  const x0 = floor(x);
  const y0 = floor(y);
  if (!image || x0 < 0 || y0 < 0 || x0 >= width - 1 || y0 >= height - 1) {
    return NaN;
  }
  const i = y0 * width + x0;
  const [fx, fy] = [x - x0, y - y0];
  const above = image[i] + (image[i + 1] - image[i]) * fx;
  const below = image[i + width] + (image[i + width + 1] - image[i + width]) * fx;
  return above + (below - above) * fy;
}
