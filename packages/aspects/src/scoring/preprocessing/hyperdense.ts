import { fullestPlane } from '../../base/fullestPlane';
import { labelComponents } from '../../base/labelComponents';
import { median } from '../../series/statistics';
import { dilate, erode } from '../../base/cellMasks';
import type { BrainSpace } from './findBrain';
import type { HeadFrame } from './headFrame';
import { mirroredCell } from './mirroredCell';
import { CELL_MM } from './workingVolume';

/**
 * Blood: 6 mm means this much above the brain and above their own plane (plane by plane, since amid bone
 * brain is brighter), in a body 6 mm wide; the upper end is absolute: above it lies calcium.
 */
const ABOVE_HU = 12;
const CEILING_HU = 100;
/** Between these lies brain, HU. */
const FLUID_HU = 15;
const DENSE_HU = 60;
/**
 * Calcified nuclei and plexus lie on both sides, veins and folds of dura in the middle: what has as dense
 * tissue at its mirror image, give or take so many cells and a plane, counts as blood only in a body larger
 * than they are, or one that is unlike its mirror image for the most part. On 415 simulated scans
 * (synthetic, half the matrix) 70 of 79 bleedings of 2 ml and more have 2 ml of it, and 2 of 336 heads
 * without blood; with the limits before (22 HU, or 12 HU and 3.5 ml, no mirror image) it was 64, and 23.
 */
const MATCH_CELLS = 2;
const GREATEST_MATCHED_ML = 4.5;
const UNMATCHED_SHARE = 2 / 3;
/**
 * Distance from the skull within which partial volume with bone, sinuses and beam hardening look like
 * blood, in cells.
 */
const RIM_CELLS = 2;
/**
 * Planes of at least this part of the largest area; the skull base is too full of artefacts, and the vertex
 * of bone shown in part.
 */
const AREA_SHARE = 0.35;

export interface HyperdenseBody {
  /** Of it, what counts as blood. */
  readonly volumeMl: number;
  /** Native slice with its largest cross-section; null where there is no such tissue. */
  readonly slice: number | null;
  /** 1 in its cells, a plane of the brain's volume each. */
  readonly cells: readonly Uint8Array[];
}

/**
 * The largest body of hyperdense tissue inside the brain without a like on the other side: what a fresh
 * bleeding looks like on plain CT.
 */
export function findHyperdenseBody(brain: BrainSpace, frame: HeadFrame): HyperdenseBody {
  const { volume } = brain;
  const { width, height } = volume;
  const dense = denseCells(brain, innerBrain(brain));
  const broad = dense.map(cells => {
    const wide = dilate(erode(cells, width, height, 1), width, height, 1);
    return cells.map((set, i) => set & wide[i]);
  });
  const matches = withNeighbours(dense, width, height);
  const mirrored = mirroredCell(volume, frame);
  const bodies: { ml: number; unmatchedMl: number }[] = [];
  const { numbers } = labelComponents(broad, width, 'faces', (number, _, x, y, z) => {
    const body = (bodies[number] ??= { ml: 0, unmatchedMl: 0 });
    const ml = (CELL_MM * CELL_MM * volume.planeExtentsMm[z]) / 1000;
    const [left, top, plane] = mirrored([x, y, z]);
    const isInside = left >= 0 && left < width && top >= 0 && top < height;
    body.ml += ml;
    body.unmatchedMl += isInside && matches[plane][top * width + left] ? 0 : ml;
  });
  const volumesMl = bodies.map(bloodMl);
  const volumeMl = Math.max(0, ...volumesMl);
  const largest = volumeMl > 0 ? volumesMl.indexOf(volumeMl) : undefined;
  const cells = numbers.map(plane => Uint8Array.from(plane, number => (number === largest ? 1 : 0)));
  const largestPlane = fullestPlane(cells);
  // A plane that is the mean of several slices is told by its middle one.
  const slices = [...volume.planeOfSlice.keys()].filter(slice => volume.planeOfSlice[slice] === largestPlane);
  return { volumeMl, slice: slices[slices.length >> 1] ?? null, cells };
}

/** How much of a body counts as blood. */
function bloodMl({ ml, unmatchedMl }: { readonly ml: number; readonly unmatchedMl: number }): number {
  return ml > GREATEST_MATCHED_ML || unmatchedMl > UNMATCHED_SHARE * ml ? ml : unmatchedMl;
}

/** Cells with a set one near them, in their plane or in the next. */
function withNeighbours(planes: readonly Uint8Array[], width: number, height: number): Uint8Array[] {
  return planes.map((plane, z) => {
    const [below, above] = [planes[z - 1] ?? plane, planes[z + 1] ?? plane];
    const any = plane.map((set, i) => set | below[i] | above[i]);
    return dilate(any, width, height, MATCH_CELLS);
  });
}

/**
 * Whether a plane of the brain's volume holds so much brain that what is dense in it may be blood; near the
 * vertex and at the skull base it is bone.
 */
export function planesThatShowBlood({ areasCm2 }: Pick<BrainSpace, 'areasCm2'>): boolean[] {
  const largest = Math.max(...areasCm2);
  return areasCm2.map(area => area >= AREA_SHARE * largest);
}

/** The brain away from the skull, in the planes that hold enough of it. */
function innerBrain(brain: BrainSpace): Uint8Array[] {
  const { volume, masks } = brain;
  const shown = planesThatShowBlood(brain);
  return masks.map((mask, z) =>
    shown[z] ? erode(mask, volume.width, volume.height, RIM_CELLS) : new Uint8Array(mask.length)
  );
}

/** Cells whose surroundings are as dense as blood. */
function denseCells({ volume }: BrainSpace, inner: readonly Uint8Array[]): Uint8Array[] {
  const { width, planes } = volume;
  const tissue = inner.map((mask, z) =>
    planes[z].filter((hu, i) => mask[i] && hu > FLUID_HU && hu < DENSE_HU)
  );
  const ofBrain = median(Int16Array.from(tissue.flatMap(values => [...values])));
  return inner.map((mask, z) => {
    const floor = Math.max(ofBrain, median(tissue[z])) + ABOVE_HU;
    return mask.map((set, i) =>
      set && planes[z][i] <= CEILING_HU && meanAround(planes[z], i, width) >= floor ? 1 : 0
    );
  });
}

/**
 * Mean of a cell that does not lie on the border and its 8 neighbours; calcium and bone count no more
 * than blood may.
 */
function meanAround(plane: Int16Array, cell: number, width: number): number {
  let sum = 0;
  for (let row = cell - width; row <= cell + width; row += width) {
    for (let i = row - 1; i <= row + 1; i++) {
      sum += Math.min(plane[i], CEILING_HU);
    }
  }
  return sum / 9;
}
