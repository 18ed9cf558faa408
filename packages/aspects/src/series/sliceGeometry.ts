import { type Affine2, affineX, affineY } from '../base/affine2';
import type { HeadCtSeries, Vec3 } from './headCtSeries';
import { median } from './statistics';
import { cross, degrees, dot, normalise, scale, subtract } from './vec3';

/** Unit slice normal that points towards the head (+z), whichever way rows and columns run. */
export function headwardNormal(rowDirection: Vec3, columnDirection: Vec3): Vec3 {
  const normal = normalise(cross(rowDirection, columnDirection));
  return normal[2] < 0 ? scale(normal, -1) : normal;
}

/**
 * Tissue that each slice stands for, mm: half the way to each neighbour plane; the two end slices reach as
 * far outwards as inwards (paper, equation 1, with real distances). Offsets strictly ascending, at least two.
 */
export function sliceExtents(planeOffsetsMm: readonly number[]): number[] {
  return extentsOf(sliceDistances(planeOffsetsMm));
}

/**
 * The same where slices may be missing: nobody knows what lies in a gap, so that a slice next to one reaches
 * into it only as far as slices of this series reach otherwise. Without gaps the same as `sliceExtents`.
 *
 * @param thicknessMm Slice Thickness (0018,0050) of each slice, where it is known.
 */
export function extentsAcrossGaps(
  planeOffsetsMm: readonly number[],
  thicknessMm: readonly (number | undefined)[]
): number[] {
  const distances = sliceDistances(planeOffsetsMm);
  return extentsOf(distances.map((distance, i) => gapSurroundings(distances, i, thicknessMm) ?? distance));
}

function extentsOf(distances: readonly number[]): number[] {
  const last = distances.length;
  return Array.from({ length: last + 1 }, (_, i) => {
    const below = distances[Math.max(0, i - 1)];
    const above = distances[Math.min(last - 1, i)];
    return (below + above) / 2;
  });
}

/** A distance this many times its surroundings means that slices are missing. */
const GAP_FACTOR = 1.6;
/** Distances to either side that a distance is compared with. */
const GAP_REACH = 3;

/**
 * What the distance between slices `index` and `index + 1` should be by the distances around it and by the
 * slices' thickness, mm, if it is far longer: a gap. Undefined where there is none.
 */
export function gapSurroundings(
  distances: readonly number[],
  index: number,
  thicknessMm: readonly (number | undefined)[]
): number | undefined {
  const around = [
    ...distances.slice(Math.max(0, index - GAP_REACH), index),
    ...distances.slice(index + 1, index + 1 + GAP_REACH),
  ];
  if (around.length === 0) {
    return undefined;
  }
  const thickness = ((thicknessMm[index] ?? 0) + (thicknessMm[index + 1] ?? 0)) / 2;
  const expected = Math.max(median(around), thickness);
  return distances[index] > GAP_FACTOR * expected ? expected : undefined;
}

/** Distances between neighbouring slice planes, mm: one fewer than planes. */
export function sliceDistances(planeOffsetsMm: readonly number[]): number[] {
  return planeOffsetsMm.slice(1).map((offset, i) => offset - planeOffsetsMm[i]);
}

/**
 * Angle between the headward normal and the long axis in the sagittal plane, degrees; positive where the
 * top leans back.
 */
export function tiltOfNormal(normal: Vec3): number {
  return degrees(Math.atan2(normal[1], normal[2]));
}

/**
 * Orthonormal axes of the slice plane in patient terms, common to all slices of a series: `left` is the
 * patient's left projected into the plane, `posterior` completes it. Any row and column direction is covered.
 */
export function inPlaneAxes(normal: Vec3): { readonly left: Vec3; readonly posterior: Vec3 } {
  const x: Vec3 = [1, 0, 0];
  const left = normalise(subtract(x, scale(normal, dot(x, normal))));
  return { left, posterior: cross(normal, left) };
}

/**
 * In-plane patient coordinates (left, posterior), mm, of pixels (column, row) of slice `index`: from its own
 * position, so that tilt and shear are right. Its inverse gives pixels.
 */
export function pixelToPlane(
  series: Pick<HeadCtSeries, 'normal' | 'pixelSpacingMm' | 'slices' | 'rowDirection' | 'columnDirection'>,
  index: number
): Affine2 {
  const { left, posterior } = inPlaneAxes(series.normal);
  const [rowSpacing, columnSpacing] = series.pixelSpacingMm;
  const position = series.slices[index].position;
  return {
    x0: dot(left, position),
    xx: dot(left, series.rowDirection) * columnSpacing,
    xy: dot(left, series.columnDirection) * rowSpacing,
    y0: dot(posterior, position),
    yx: dot(posterior, series.rowDirection) * columnSpacing,
    yy: dot(posterior, series.columnDirection) * rowSpacing,
  };
}

/** The least rectangle of the slice plane that holds the corner pixels of all slices, mm. */
export function planeBounds(
  maps: readonly Affine2[],
  { rows, columns }: Pick<HeadCtSeries, 'rows' | 'columns'>
): { readonly left: number; readonly right: number; readonly front: number; readonly back: number } {
  let [left, right, front, back] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const map of maps) {
    for (const column of [0, columns - 1]) {
      for (const row of [0, rows - 1]) {
        const [x, y] = [affineX(map, column, row), affineY(map, column, row)];
        [left, right] = [Math.min(left, x), Math.max(right, x)];
        [front, back] = [Math.min(front, y), Math.max(back, y)];
      }
    }
  }
  return { left, right, front, back };
}

/** Volume of one pixel of slice `index`, ml. */
export function voxelVolumeMl(series: HeadCtSeries, index: number): number {
  return (series.pixelSpacingMm[0] * series.pixelSpacingMm[1] * series.sliceExtentsMm[index]) / 1000;
}
