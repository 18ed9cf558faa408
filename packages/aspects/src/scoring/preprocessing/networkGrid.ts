import type { HeadCtSeries } from '../../series/headCtSeries';
import { pixelToPlane, planeToPixel, type PlaneToPixel } from '../../series/sliceGeometry';
import { frameMiddle, type HeadFrame } from './headFrame';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it (test runners).
const { floor } = Math;

/** Attenuation outside the image, HU. */
export const OUTSIDE_HU = -1000;

/**
 * Affine between the network grid and the pixels of one native slice. The grid is square, upright in the head frame:
 * columns grow towards the patient's left, rows towards posterior, the frame's middle lies at ((size - 1) / 2) both ways.
 */
export interface GridToPixel {
  readonly column0: number;
  readonly row0: number;
  readonly columnPerX: number;
  readonly columnPerY: number;
  readonly rowPerX: number;
  readonly rowPerY: number;
}

/** Native pixel coordinates of grid coordinates on slice `index`, through patient coordinates. */
export function gridToPixel(
  series: HeadCtSeries,
  frame: HeadFrame,
  index: number,
  size: number,
  spacingMm: number
): GridToPixel {
  const pixel: PlaneToPixel = planeToPixel(pixelToPlane(series, index));
  const [cos, sin] = [Math.cos(frame.angleRad), Math.sin(frame.angleRad)];
  const middle = frameMiddle(frame, series.planeOffsetsMm[index]);
  const half = ((size - 1) / 2) * spacingMm;
  const left0 = (middle.across - half) * cos - (middle.along - half) * sin;
  const posterior0 = (middle.across - half) * sin + (middle.along - half) * cos;
  return {
    column0: pixel.column0 + left0 * pixel.columnPerLeft + posterior0 * pixel.columnPerPosterior,
    row0: pixel.row0 + left0 * pixel.rowPerLeft + posterior0 * pixel.rowPerPosterior,
    columnPerX: spacingMm * (cos * pixel.columnPerLeft + sin * pixel.columnPerPosterior),
    columnPerY: spacingMm * (-sin * pixel.columnPerLeft + cos * pixel.columnPerPosterior),
    rowPerX: spacingMm * (cos * pixel.rowPerLeft + sin * pixel.rowPerPosterior),
    rowPerY: spacingMm * (-sin * pixel.rowPerLeft + cos * pixel.rowPerPosterior),
  };
}

/** Grid coordinates of native pixel coordinates: the inverse of a `GridToPixel`, in the same form (x from column, row). */
export interface PixelToGrid {
  readonly x0: number;
  readonly y0: number;
  readonly xPerColumn: number;
  readonly xPerRow: number;
  readonly yPerColumn: number;
  readonly yPerRow: number;
}

export function pixelToGrid(map: GridToPixel): PixelToGrid {
  const determinant = map.columnPerX * map.rowPerY - map.columnPerY * map.rowPerX;
  const xPerColumn = map.rowPerY / determinant;
  const xPerRow = -map.columnPerY / determinant;
  const yPerColumn = -map.rowPerX / determinant;
  const yPerRow = map.columnPerX / determinant;
  return {
    x0: -(map.column0 * xPerColumn + map.row0 * xPerRow),
    y0: -(map.column0 * yPerColumn + map.row0 * yPerRow),
    xPerColumn,
    xPerRow,
    yPerColumn,
    yPerRow,
  };
}

/** Sub-pixel positions of the 2x2 supersampling, in grid pixels. */
const SHIFTS = [-0.25, 0.25];

/** A native slice on the network grid: bilinear, 2x2 supersampled; outside the image -1000 HU. */
export function resampleSlice(
  hu: Int16Array,
  rows: number,
  columns: number,
  map: GridToPixel,
  size: number
): Float32Array {
  const result = new Float32Array(size * size);
  for (const shiftY of SHIFTS) {
    for (const shiftX of SHIFTS) {
      const column0 = map.column0 + shiftX * map.columnPerX + shiftY * map.columnPerY;
      const row0 = map.row0 + shiftX * map.rowPerX + shiftY * map.rowPerY;
      for (let y = 0, i = 0; y < size; y++) {
        let column = column0 + y * map.columnPerY;
        let row = row0 + y * map.rowPerY;
        for (let x = 0; x < size; x++, i++, column += map.columnPerX, row += map.rowPerX) {
          result[i] += 0.25 * bilinear(hu, rows, columns, column, row);
        }
      }
    }
  }
  return result;
}

function bilinear(hu: Int16Array, rows: number, columns: number, column: number, row: number): number {
  const column0 = floor(column);
  const row0 = floor(row);
  if (column0 < 0 || row0 < 0 || column0 >= columns - 1 || row0 >= rows - 1) {
    return OUTSIDE_HU;
  }
  const i = row0 * columns + column0;
  const [fx, fy] = [column - column0, row - row0];
  const above = hu[i] + (hu[i + 1] - hu[i]) * fx;
  const below = hu[i + columns] + (hu[i + columns + 1] - hu[i + columns]) * fx;
  return above + (below - above) * fy;
}
