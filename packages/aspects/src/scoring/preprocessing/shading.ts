import { erode } from '../../base/cellMasks';
import type { BrainSpace } from './findBrain';
import type { HeadFrame } from './headFrame';
import { CELL_MM } from './workingVolume';

// Bound once for the loops over cells: a lookup of a global is slow where a sandbox stands behind it.
const { abs, cos, floor, max, min, sign, sin } = Math;

/** Grey and white matter, however shaded, HU. */
const TISSUE_HU: readonly [number, number] = [8, 70];
const LEVELS = TISSUE_HU[1] - TISSUE_HU[0];
/** Bone blurs into brain that is nearer to it than this, cells. */
const RIM_CELLS = 3;
/** Planes with at least this part of the largest area: the vault, without skull base and vertex. */
const VAULT_SHARE = 0.6;
/**
 * The foremost and the hindmost part of a brain's length belong to the anterior and posterior cerebral
 * arteries: an infarct of the middle one, which darkens a half by as much, does not reach there.
 */
const END_SHARE = 0.22;
const ZONES = 3;
/** Distances from the mid-sagittal plane at which the halves are compared, mm. */
const BIN_MM = 8;
const BINS = 12;
const LEAST_ACROSS_MM = 4;
/** In both halves of a bin; bins in a zone. */
const LEAST_CELLS = 40;
const LEAST_BINS = 2;
/** Shade is as steep in all zones; a large old infarct is not. Steepest to flattest. */
const GREATEST_SPREAD = 2;

/**
 * How much brighter brain becomes towards the patient's left, HU for 100 mm, all over the head: the least of
 * what its front, middle and back say, 0 where they disagree. An infarct of the middle cerebral artery
 * darkens one half in the middle; a detector out of balance, a bow-tie filter off its centre, or scatter
 * from one side shade whole slices. Front against back, and the middle against the rim, cannot be compared
 * so: brain is not alike there.
 */
export function shadingToLeft(brain: BrainSpace, frame: HeadFrame): number {
  const { volume, masks, areasCm2 } = brain;
  // Cells by zone, distance, half and attenuation.
  const counts = new Uint32Array(ZONES * BINS * 2 * LEVELS);
  const largest = max(...areasCm2);
  areasCm2.forEach((area, z) => {
    if (area >= VAULT_SHARE * largest) {
      countPlane(erode(masks[z], volume.width, volume.height, RIM_CELLS), brain, frame, z, counts);
    }
  });
  const slopes = Array.from({ length: ZONES }, (_, zone) => slopeOf(counts, zone));
  const way = sign(slopes[0]);
  const [least, most] = [min(...slopes.map(abs)), max(...slopes.map(abs))];
  return slopes.every(slope => sign(slope) === way) && most <= GREATEST_SPREAD * least ? way * least : 0;
}

function countPlane(
  mask: Uint8Array,
  { volume }: BrainSpace,
  frame: HeadFrame,
  z: number,
  counts: Uint32Array
): void {
  const { width, left0, posterior0, planes } = volume;
  const [c, s] = [cos(frame.angleRad), sin(frame.angleRad)];
  const xOf = (cell: number): number => left0 + CELL_MM * (cell % width);
  const yOf = (cell: number): number => posterior0 + CELL_MM * floor(cell / width);
  const acrossOf = (cell: number): number => xOf(cell) * c + yOf(cell) * s;
  const alongOf = (cell: number): number => -xOf(cell) * s + yOf(cell) * c;
  let [right, left, front, back] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let cell = 0; cell < mask.length; cell++) {
    if (mask[cell]) {
      const across = acrossOf(cell);
      const along = alongOf(cell);
      right = min(right, across);
      left = max(left, across);
      front = min(front, along);
      back = max(back, along);
    }
  }
  // The skull's own middle: shade shifts the plane in which brightness is most symmetric.
  const middle = (right + left) / 2;
  for (let cell = 0; cell < mask.length; cell++) {
    const level = planes[z][cell] - TISSUE_HU[0];
    if (mask[cell] && level >= 0 && level < LEVELS) {
      const across = acrossOf(cell);
      const zone = zoneOf((alongOf(cell) - front) / (back - front));
      const apart = abs(across - middle);
      const bin = floor(apart / BIN_MM);
      if (apart >= LEAST_ACROSS_MM && bin < BINS) {
        counts[((zone * BINS + bin) * 2 + (across > middle ? 0 : 1)) * LEVELS + level]++;
      }
    }
  }
}

/** Front, middle and back, by the part of the length behind the foremost cell. */
function zoneOf(share: number): number {
  return share < END_SHARE ? 0 : 1 + Number(share > 1 - END_SHARE);
}

/**
 * Slope of a line through the mid-sagittal plane for the differences of mirrored places in a zone, HU for
 * 100 mm; 0 where there is too little to compare.
 */
function slopeOf(counts: Uint32Array, zone: number): number {
  let [products, squares, bins] = [0, 0, 0];
  for (let bin = 0; bin < BINS; bin++) {
    const [left, right] = [0, 1].map(half => {
      const first = ((zone * BINS + bin) * 2 + half) * LEVELS;
      return medianLevel(counts.subarray(first, first + LEVELS));
    });
    if (left && right) {
      const apartMm = 2 * (bin + 0.5) * BIN_MM;
      const weight = min(left.cells, right.cells);
      products += weight * apartMm * (left.level - right.level);
      squares += weight * apartMm * apartMm;
      bins++;
    }
  }
  return bins >= LEAST_BINS ? (100 * products) / squares : 0;
}

/** Median of a histogram, interpolated within its level; undefined where it holds too few cells. */
function medianLevel(histogram: Uint32Array): { level: number; cells: number } | undefined {
  const cells = histogram.reduce((sum, count) => sum + count, 0);
  if (cells < LEAST_CELLS) {
    return undefined;
  }
  let [level, below] = [0, 0];
  while (below + histogram[level] < cells / 2) {
    below += histogram[level++];
  }
  return { level: level + (cells / 2 - below) / histogram[level], cells };
}
