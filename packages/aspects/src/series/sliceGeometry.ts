import type { HeadCtSeries, Vec3 } from './headCtSeries';
import { cross, degrees, dot, normalise, scale, subtract } from './vec3';

/** Unit slice normal that points towards the head (+z), whichever way rows and columns run. */
export function headwardNormal(rowDirection: Vec3, columnDirection: Vec3): Vec3 {
  const normal = normalise(cross(rowDirection, columnDirection));
  return normal[2] < 0 ? scale(normal, -1) : normal;
}

/**
 * Tissue that each slice stands for, mm: half the way to each neighbour plane; the two end slices reach as far outwards
 * as inwards (paper, equation 1, with real distances). Offsets strictly ascending, at least two.
 */
export function sliceExtents(planeOffsetsMm: readonly number[]): number[] {
  const last = planeOffsetsMm.length - 1;
  return planeOffsetsMm.map((offset, i) => {
    const below = i > 0 ? offset - planeOffsetsMm[i - 1] : planeOffsetsMm[1] - offset;
    const above = i < last ? planeOffsetsMm[i + 1] - offset : offset - planeOffsetsMm[last - 1];
    return (below + above) / 2;
  });
}

/** Distances between neighbouring slice planes, mm: one fewer than planes. */
export function sliceDistances(planeOffsetsMm: readonly number[]): number[] {
  return planeOffsetsMm.slice(1).map((offset, i) => offset - planeOffsetsMm[i]);
}

/** Angle between the headward normal and the long axis in the sagittal plane, degrees; positive where the top leans back. */
export function tiltOfNormal(normal: Vec3): number {
  return degrees(Math.atan2(normal[1], normal[2]));
}

/**
 * Orthonormal axes of the slice plane in patient terms, common to all slices of a series: `left` is the patient's left
 * projected into the plane, `posterior` completes it. Any row and column direction is covered.
 */
export function inPlaneAxes(normal: Vec3): { readonly left: Vec3; readonly posterior: Vec3 } {
  const x: Vec3 = [1, 0, 0];
  const left = normalise(subtract(x, scale(normal, dot(x, normal))));
  return { left, posterior: cross(normal, left) };
}

/** In-plane patient coordinates of pixels, mm: `left = left0 + column * leftPerColumn + row * leftPerRow`, and so on. */
export interface PixelToPlane {
  readonly left0: number;
  readonly posterior0: number;
  readonly leftPerColumn: number;
  readonly leftPerRow: number;
  readonly posteriorPerColumn: number;
  readonly posteriorPerRow: number;
}

/** Where the pixels of slice `index` lie in its plane: from its own position, so that tilt and shear are right. */
export function pixelToPlane(series: HeadCtSeries, index: number): PixelToPlane {
  const { left, posterior } = inPlaneAxes(series.normal);
  const [rowSpacing, columnSpacing] = series.pixelSpacingMm;
  const position = series.slices[index].position;
  return {
    left0: dot(left, position),
    posterior0: dot(posterior, position),
    leftPerColumn: dot(left, series.rowDirection) * columnSpacing,
    leftPerRow: dot(left, series.columnDirection) * rowSpacing,
    posteriorPerColumn: dot(posterior, series.rowDirection) * columnSpacing,
    posteriorPerRow: dot(posterior, series.columnDirection) * rowSpacing,
  };
}

/** The inverse of a `PixelToPlane`: `column = column0 + left * columnPerLeft + posterior * columnPerPosterior`, and so on. */
export interface PlaneToPixel {
  readonly column0: number;
  readonly row0: number;
  readonly columnPerLeft: number;
  readonly columnPerPosterior: number;
  readonly rowPerLeft: number;
  readonly rowPerPosterior: number;
}

export function planeToPixel(map: PixelToPlane): PlaneToPixel {
  const determinant = map.leftPerColumn * map.posteriorPerRow - map.leftPerRow * map.posteriorPerColumn;
  const columnPerLeft = map.posteriorPerRow / determinant;
  const columnPerPosterior = -map.leftPerRow / determinant;
  const rowPerLeft = -map.posteriorPerColumn / determinant;
  const rowPerPosterior = map.leftPerColumn / determinant;
  return {
    column0: -(map.left0 * columnPerLeft + map.posterior0 * columnPerPosterior),
    row0: -(map.left0 * rowPerLeft + map.posterior0 * rowPerPosterior),
    columnPerLeft,
    columnPerPosterior,
    rowPerLeft,
    rowPerPosterior,
  };
}

/** Volume of one pixel of slice `index`, ml. */
export function voxelVolumeMl(series: HeadCtSeries, index: number): number {
  return (series.pixelSpacingMm[0] * series.pixelSpacingMm[1] * series.sliceExtentsMm[index]) / 1000;
}
