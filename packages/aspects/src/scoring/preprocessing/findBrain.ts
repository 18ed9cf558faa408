import type { HeadCtSeries } from '../../series/headCtSeries';
import { Refusal } from '../../base/refusal';
import { median } from '../../series/statistics';
import { countSet } from '../../base/cellMasks';
import { boneDirections, intracranialSpace } from './intracranialSpace';
import { withoutStreaks } from './metal';
import { buildWorkingVolume, CELL_MM, UNCOVERED_HU, type WorkingVolume } from './workingVolume';

// Bound once for the loops over cells: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
const { max, min } = Math;

/** The series' brain on the working grid. */
export interface BrainSpace {
  readonly volume: WorkingVolume;
  /** Intracranial cells (brain, CSF, blood), one mask a working plane. */
  readonly masks: readonly Uint8Array[];
  /** Area of each mask, cm2. */
  readonly areasCm2: readonly number[];
  /** Native slices that hold enough brain to be worth a network run, ascending. */
  readonly slices: readonly number[];
  /** What the decision "this is a brain" rests on. */
  readonly evidence: BrainEvidence;
  /** A large part of the vault is missing. */
  readonly openSkull: boolean;
}

export interface BrainEvidence {
  /** Greatest intracranial area of a plane, cm2. */
  readonly largestAreaCm2: number;
  /** Least and greatest in-plane diameter at that plane, mm. */
  readonly diametersMm: readonly [number, number];
  /** Median attenuation of the intracranial cells, HU. */
  readonly medianHu: number;
  /**
   * Spread of 6 mm means about their 22 mm surroundings, without noise, HU: grey against white matter,
   * ventricles, sulci.
   */
  readonly structureHu: number;
  /** Share of the enclosed space in the larger planes that is fat or gas. */
  readonly fatShare: number;
}

/**
 * Limits of `BrainEvidence`; wide enough for infants, oedema, atrophy, and a calibration that is off by 8 HU.
 */
const LEAST_AREA_CM2 = 35;
const GREATEST_AREA_CM2 = 300;
const DIAMETERS_MM: readonly [number, number] = [55, 230];
const MEDIAN_HU: readonly [number, number] = [14, 52];
const LEAST_STRUCTURE_HU = 0.8;
const GREATEST_FAT_SHARE = 0.2;
/** Where an open skull holds this many times what a closed one does, it is open. */
const OPEN_SKULL_GAIN = 1.15;
/** Area from which a slice goes to the networks, cm2. */
const LEAST_SLICE_AREA_CM2 = 12;
/** Planes with at least this part of the largest area are the vault, where enclosed fat is out of place. */
const VAULT_SHARE = 0.6;

/**
 * Finds the brain, or refuses if there is none.
 *
 * @throws Refusal NO_BRAIN with the evidence: nothing enclosed by a skull, or what is enclosed has not the
 *   size, the attenuation, or the inner structure of a brain (a phantom, another part of the body).
 */
export function findBrain(series: HeadCtSeries): BrainSpace {
  const volume = withoutStreaks(buildWorkingVolume(series));
  const space = enclosedSpace(volume);
  const { masks, areasCm2, evidence, failed } = space;
  if (failed.length > 0) {
    throw new Refusal(
      'NO_BRAIN',
      `No brain was found in the series (${failed.join('; ')}). Choose a head CT of a patient; phantoms and other parts of ` +
        'the body are not scored.',
      { ...evidence }
    );
  }
  const slices = series.slices.flatMap((_, slice) =>
    areasCm2[volume.planeOfSlice[slice]] >= LEAST_SLICE_AREA_CM2 ? [slice] : []
  );
  return { volume, masks, areasCm2, slices, evidence, openSkull: space.openSkull };
}

type Space = Pick<BrainSpace, 'masks' | 'areasCm2' | 'evidence' | 'openSkull'> & {
  readonly failed: readonly string[];
};

/**
 * What the skull encloses. A skull that half of the vault is missing from (a hemicraniectomy) encloses
 * too little, or something without the form of a brain: then what an open skull holds is taken, if
 * that is a brain.
 */
function enclosedSpace(volume: WorkingVolume): Space {
  const bone = boneDirections(volume);
  const [closedMasks, openMasks] = ([1, 3] as const).map(open => intracranialSpace(volume, bone, open));
  const closed = judgedSpace(volume, closedMasks, false);
  if (closed.failed.length === 0 && vaultGain(closed.areasCm2, areas(openMasks)) < OPEN_SKULL_GAIN) {
    return closed;
  }
  const open = judgedSpace(volume, openMasks, true);
  return open.failed.length > 0 ? closed : open;
}

function judgedSpace(volume: WorkingVolume, masks: readonly Uint8Array[], openSkull: boolean): Space {
  const areasCm2 = areas(masks);
  const evidence = gatherEvidence(volume, masks, areasCm2);
  return { masks, areasCm2, evidence, failed: failedLimits(evidence), openSkull };
}

function areas(masks: readonly Uint8Array[]): number[] {
  return masks.map(mask => (countSet(mask) * CELL_MM * CELL_MM) / 100);
}

/** How many times the area of the closed space the open one has, over the planes of the open one's vault. */
function vaultGain(closed: readonly number[], open: readonly number[]): number {
  const largest = max(...open);
  let [closedSum, openSum] = [0, 0];
  open.forEach((area, z) => {
    if (area >= VAULT_SHARE * largest) {
      openSum += area;
      closedSum += closed[z];
    }
  });
  return closedSum > 0 ? openSum / closedSum : Infinity;
}

function gatherEvidence(
  volume: WorkingVolume,
  masks: readonly Uint8Array[],
  areasCm2: readonly number[]
): BrainEvidence {
  const largestAreaCm2 = max(...areasCm2);
  const widest = areasCm2.indexOf(largestAreaCm2);
  const vault = areasCm2.flatMap((area, z) => (area > 0 && area >= VAULT_SHARE * largestAreaCm2 ? [z] : []));
  return {
    largestAreaCm2,
    diametersMm: diameters(masks[widest], volume.width),
    medianHu: median(contentHu(volume, masks, vault)),
    structureHu: structure(volume, masks, vault),
    fatShare: fatShare(volume, masks, vault),
  };
}

function contentHu(
  volume: WorkingVolume,
  masks: readonly Uint8Array[],
  planes: readonly number[]
): Float64Array {
  const values = new Float64Array(planes.reduce((sum, z) => sum + countSet(masks[z]), 0));
  let count = 0;
  for (const z of planes) {
    const [mask, hu] = [masks[z], volume.planes[z]];
    for (let i = 0; i < mask.length; i++) {
      if (mask[i]) {
        values[count++] = hu[i];
      }
    }
  }
  return values;
}

function failedLimits(evidence: BrainEvidence): string[] {
  const { largestAreaCm2, diametersMm, medianHu, structureHu, fatShare: fat } = evidence;
  if (largestAreaCm2 < LEAST_AREA_CM2) {
    return ['no brain-like tissue inside a skull'];
  }
  const failed: string[] = [];
  if (
    largestAreaCm2 > GREATEST_AREA_CM2 ||
    diametersMm[0] < DIAMETERS_MM[0] ||
    diametersMm[1] > DIAMETERS_MM[1]
  ) {
    failed.push(`enclosed space of ${diametersMm.map(value => value.toFixed(0)).join(' x ')} mm`);
  }
  if (medianHu < MEDIAN_HU[0] || medianHu > MEDIAN_HU[1]) {
    failed.push(`median of ${medianHu.toFixed(0)} HU`);
  }
  if (structureHu < LEAST_STRUCTURE_HU) {
    failed.push('uniform content without grey and white matter or CSF spaces');
  }
  if (fat > GREATEST_FAT_SHARE) {
    failed.push(`${(100 * fat).toFixed(0)} % fat or gas inside`);
  }
  return failed;
}

/** Least and greatest extent of a mask over twelve directions, mm. */
function diameters(mask: Uint8Array, width: number): [number, number] {
  const cells = Array.from(mask.keys()).filter(i => mask[i]);
  const extents = Array.from({ length: 12 }, (_, k) => {
    const [cos, sin] = [Math.cos((k * Math.PI) / 12), Math.sin((k * Math.PI) / 12)];
    let low = Infinity;
    let high = -Infinity;
    for (const i of cells) {
      const along = (i % width) * cos + Math.floor(i / width) * sin;
      low = min(low, along);
      high = max(high, along);
    }
    return high >= low ? (high - low + 1) * CELL_MM : 0;
  });
  return [min(...extents), max(...extents)];
}

/** Half widths, in cells, of the two means whose difference shows structure rather than noise or cupping. */
const FINE_CELLS = 1;
const COARSE_CELLS = 5;
const STRUCTURE_CLIP_HU = 25;
/** Anatomy repeats itself in a neighbouring plane this near; noise does not, mm. */
const NEIGHBOUR_MM = 8;

/**
 * Root of the covariance of fine structure between neighbouring planes; of its variance where planes lie
 * far apart, HU.
 */
function structure(volume: WorkingVolume, masks: readonly Uint8Array[], planes: readonly number[]): number {
  const details = new Map(planes.map(z => [z, fineStructure(volume, masks, z)]));
  let [sum, count] = [0, 0];
  for (const [z, detail] of details) {
    const other = comparedPlane(volume, details, z);
    for (let i = 0; other && i < detail.length; i++) {
      const product = detail[i] * other[i];
      if (!Number.isNaN(product)) {
        sum += product;
        count++;
      }
    }
  }
  return count ? Math.sqrt(max(0, sum / count)) : 0;
}

/**
 * The plane above `z`; `z` itself where that one is too far away, or is the only one; undefined for the
 * last of several.
 */
function comparedPlane(
  { planeOffsetsMm }: WorkingVolume,
  details: ReadonlyMap<number, Float32Array>,
  z: number
): Float32Array | undefined {
  const above = details.get(z + 1);
  if (above && planeOffsetsMm[z + 1] - planeOffsetsMm[z] <= NEIGHBOUR_MM) {
    return above;
  }
  return above || details.size === 1 ? details.get(z) : undefined;
}

/** 6 mm means against their 22 mm surroundings, clipped, HU; not-a-number outside the mask. */
function fineStructure(volume: WorkingVolume, masks: readonly Uint8Array[], z: number): Float32Array {
  const { planes, width } = volume;
  const coarse = maskedMeans(planes[z], masks[z], width, COARSE_CELLS, 0.85);
  const detail = maskedMeans(planes[z], masks[z], width, FINE_CELLS, 1);
  for (let i = 0; i < detail.length; i++) {
    detail[i] = max(-STRUCTURE_CLIP_HU, min(STRUCTURE_CLIP_HU, detail[i] - coarse[i]));
  }
  return detail;
}

/**
 * Mean over the masked cells of a square window; not-a-number where less than `share` of the
 * window is masked.
 */
function maskedMeans(
  hu: Int16Array,
  mask: Uint8Array,
  width: number,
  half: number,
  share: number
): Float32Array {
  const height = hu.length / width;
  const stride = width + 1;
  const sums = new Float64Array(stride * (height + 1));
  const counts = new Float64Array(stride * (height + 1));
  for (let y = 0; y < height; y++) {
    let [rowSum, rowCount] = [0, 0];
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      rowSum += mask[i] ? hu[i] : 0;
      rowCount += mask[i];
      sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + rowSum;
      counts[(y + 1) * stride + x + 1] = counts[y * stride + x + 1] + rowCount;
    }
  }
  const wanted = share * (2 * half + 1) ** 2;
  const means = new Float32Array(hu.length).fill(NaN);
  for (let y = half; y < height - half; y++) {
    for (let x = half; x < width - half; x++) {
      const [low, high] = [(y - half) * stride, (y + half + 1) * stride];
      const [first, last] = [x - half, x + half + 1];
      const count = counts[high + last] - counts[high + first] - counts[low + last] + counts[low + first];
      if (mask[y * width + x] && count >= wanted) {
        means[y * width + x] =
          (sums[high + last] - sums[high + first] - sums[low + last] + sums[low + first]) / count;
      }
    }
  }
  return means;
}

/** Within the rows' span of the mask, cells that are neither content nor bone. */
function fatShare(volume: WorkingVolume, masks: readonly Uint8Array[], planes: readonly number[]): number {
  let [outOfPlace, all] = [0, 0];
  for (const z of planes) {
    for (let y = 0; y < volume.height; y++) {
      const row = masks[z].subarray(y * volume.width, (y + 1) * volume.width);
      const [first, last] = [row.indexOf(1), row.lastIndexOf(1)];
      for (let x = first; first >= 0 && x <= last; x++) {
        const hu = volume.planes[z][y * volume.width + x];
        all++;
        outOfPlace += hu < -40 && hu !== UNCOVERED_HU ? 1 : 0;
      }
    }
  }
  return all ? outOfPlace / all : 0;
}
