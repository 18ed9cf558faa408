import { dilate, erode } from '../../base/cellMasks';
import type { BrainSpace } from './findBrain';
import { CELL_MM, UNCOVERED_HU, type WorkingVolume } from './workingVolume';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
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

/**
 * Brightness that is compared, by HU: brain and fluid are spread out; bone is one white, air and
 * fat one black.
 */
const BRIGHTNESS: readonly { readonly hu: number; readonly brightness: number }[] = [
  { hu: -40, brightness: -20 },
  { hu: 0, brightness: 0 },
  { hu: 60, brightness: 120 },
  { hu: 120, brightness: 140 },
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
 * How unlike its mirror image the head is, mean difference of brightness, as a function of the mirror plane.
 * The reflection is in space: where the head is rolled, a point's mirror image lies in another slice.
 */
export function symmetryCost(
  brain: BrainSpace,
  planes: readonly number[],
  originMm: number
): (candidate: MidsagittalCandidate) => number {
  const images = brightnessImages(brain);
  const points = gatherPoints(brain, planes, images);
  return candidate => meanDifference(points, images, originMm, candidate);
}

function meanDifference(
  { left, posterior, offset, value }: Points,
  images: Images,
  originMm: number,
  { angleRad, lateralMm, lateralSlope }: MidsagittalCandidate
): number {
  const norm = Math.hypot(1, lateralSlope);
  const cos = Math.cos(angleRad) / norm;
  const sin = Math.sin(angleRad) / norm;
  const rise = -lateralSlope / norm;
  let total = 0;
  let count = 0;
  let below = 0;
  for (let k = 0; k < value.length; k++) {
    const twice = 2 * (left[k] * cos + posterior[k] * sin + (offset[k] - originMm) * rise - lateralMm / norm);
    const mirroredOffset = offset[k] - twice * rise;
    below = planeBelow(images, mirroredOffset, below);
    const mirrored = lookUp(images, below, left[k] - twice * cos, posterior[k] - twice * sin, mirroredOffset);
    if (!isNaN(mirrored)) {
      total += min(abs(mirrored - value[k]), CLIP);
      count++;
    }
  }
  const lost = 1 - count / value.length;
  return lost < 1 ? total / count + CLIP * max(0, lost - GREATEST_LOST_SHARE) : 2 * CLIP;
}

/**
 * Brightness of the working planes, one after the other; not-a-number in planes without enough brain and
 * where no pixel lies.
 */
interface Images extends Pick<WorkingVolume, 'width' | 'height' | 'left0' | 'posterior0' | 'planeOffsetsMm'> {
  readonly values: Float32Array;
}

function brightnessImages(brain: BrainSpace): Images {
  const { volume } = brain;
  const area = volume.width * volume.height;
  const images = new Map(planesAbove(brain, LOOKUP_AREA_SHARE).map(z => [z, brightnessImage(brain, z)]));
  const values = new Float32Array(volume.planes.length * area).fill(NaN);
  // A quarter, a half, a quarter of neighbouring planes: without it an unrolled head, compared within
  // planes, looks best.
  for (const [z, image] of images) {
    const [below, above] = [images.get(z - 1) ?? image, images.get(z + 1) ?? image];
    for (let i = 0; i < area; i++) {
      values[z * area + i] = image[i] / 2 + (below[i] + above[i]) / 4;
    }
  }
  return { ...volume, values };
}

/**
 * Brightness within the margin around the intracranial space, black outside it; not-a-number where
 * no pixel lies.
 */
function brightnessImage(brain: BrainSpace, z: number): Float32Array {
  const { planes, width, height } = brain.volume;
  const seen = dilate(brain.masks[z], width, height, MARGIN_CELLS);
  const image = new Float32Array(seen.length);
  for (let i = 0; i < image.length; i++) {
    const hu = planes[z][i];
    image[i] = hu === UNCOVERED_HU ? NaN : brightness(seen[i] ? hu : -Infinity);
  }
  return image;
}

function brightness(hu: number): number {
  let above = 0;
  while (above < BRIGHTNESS.length && hu >= BRIGHTNESS[above].hu) {
    above++;
  }
  if (above === 0 || above === BRIGHTNESS.length) {
    return BRIGHTNESS[max(0, above - 1)].brightness;
  }
  const [low, high] = [BRIGHTNESS[above - 1], BRIGHTNESS[above]];
  return low.brightness + ((high.brightness - low.brightness) * (hu - low.hu)) / (high.hu - low.hu);
}

/**
 * Points of the vault at heights spread between the planes: were they on the planes, a mirror plane without
 * roll would win for comparing pixels with pixels, every other one comparing them with interpolated,
 * smoother values.
 */
function gatherPoints(brain: BrainSpace, planes: readonly number[], images: Images): Points {
  const { width, height, left0, posterior0, planeOffsetsMm } = brain.volume;
  const [left, posterior, offset, value]: number[][] = [[], [], [], []];
  for (const z of planes) {
    const inside = erode(brain.masks[z], width, height, EDGE_CELLS);
    const step = (planeOffsetsMm[z + 1] ?? planeOffsetsMm[z]) - planeOffsetsMm[z];
    for (let y = z % POINT_STRIDE; y < height; y += POINT_STRIDE) {
      for (let x = 0; x < width; x += POINT_STRIDE) {
        const at = planeOffsetsMm[z] + step * HEIGHTS[(x + 2 * y) % HEIGHTS.length];
        const seenValue = inside[y * width + x]
          ? lookUp(images, planeBelow(images, at, z), left0 + x * CELL_MM, posterior0 + y * CELL_MM, at)
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

/** The plane at or next below an offset, or the lowest one; looked for from `near` on. */
function planeBelow({ planeOffsetsMm }: Images, offset: number, near: number): number {
  let below = near;
  while (below < planeOffsetsMm.length - 1 && planeOffsetsMm[below + 1] <= offset) {
    below++;
  }
  while (below > 0 && planeOffsetsMm[below] > offset) {
    below--;
  }
  return below;
}

/** Interpolates between cells and planes; not-a-number outside the images. */
function lookUp(images: Images, below: number, left: number, posterior: number, offset: number): number {
  const { left0, posterior0, planeOffsetsMm } = images;
  const x = (left - left0) / CELL_MM;
  const y = (posterior - posterior0) / CELL_MM;
  const lower = interpolate(images, below, x, y);
  const gap = offset - planeOffsetsMm[below];
  if (abs(gap) < 1e-3) {
    return lower;
  }
  if (below === planeOffsetsMm.length - 1 || gap < 0) {
    return NaN;
  }
  const upper = interpolate(images, below + 1, x, y);
  return lower + ((upper - lower) * gap) / (planeOffsetsMm[below + 1] - planeOffsetsMm[below]);
}

/** Bilinear; not-a-number outside the grid, or next to a cell without pixels. */
function interpolate({ values, width, height }: Images, z: number, x: number, y: number): number {
  if (x < 0 || y < 0 || x >= width - 1 || y >= height - 1) {
    return NaN;
  }
  const x0 = x | 0;
  const y0 = y | 0;
  const i = (z * height + y0) * width + x0;
  const fx = x - x0;
  const above = values[i] + (values[i + 1] - values[i]) * fx;
  const below = values[i + width] + (values[i + width + 1] - values[i + width]) * fx;
  return above + (below - above) * (y - y0);
}
