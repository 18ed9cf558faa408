import { type Affine2, affineX, affineY, composeAffine, invertAffine } from '../../base/affine2';
import type { HeadCtSeries } from '../../series/headCtSeries';
import { pixelToPlane } from '../../series/sliceGeometry';
import { frameMiddle, type HeadFrame } from './headFrame';

/** Attenuation outside the image, HU. */
const OUTSIDE_HU = -1000;

/**
 * In-plane patient coordinates (left, posterior), mm, of network grid coordinates at a plane offset. The grid
 * is square and upright in the head frame: columns grow towards the patient's left, rows towards posterior,
 * the frame's middle lies at ((size - 1) / 2) both ways.
 */
export function gridToPlane(
  frame: HeadFrame,
  planeOffsetMm: number,
  size: number,
  spacingMm: number
): Affine2 {
  const [cos, sin] = [Math.cos(frame.angleRad), Math.sin(frame.angleRad)];
  const middle = frameMiddle(frame, planeOffsetMm);
  const half = ((size - 1) / 2) * spacingMm;
  const headToPlane = { x0: 0, xx: cos, xy: -sin, y0: 0, yx: sin, yy: cos };
  return composeAffine(headToPlane, {
    x0: middle.across - half,
    xx: spacingMm,
    xy: 0,
    y0: middle.along - half,
    yx: 0,
    yy: spacingMm,
  });
}

/**
 * Native pixel coordinates (column, row) of grid coordinates on slice `index`, through patient coordinates.
 */
export function gridToPixel(
  series: HeadCtSeries,
  frame: HeadFrame,
  index: number,
  size: number,
  spacingMm: number
): Affine2 {
  const grid = gridToPlane(frame, series.planeOffsetsMm[index], size, spacingMm);
  return composeAffine(invertAffine(pixelToPlane(series, index)), grid);
}

/** Sub-pixel positions of the 2x2 supersampling, in grid pixels. */
const SHIFTS = [-0.25, 0.25];

/** A native slice on the network grid: bilinear, 2x2 supersampled; outside the image -1000 HU. */
export function resampleSlice(
  hu: Int16Array,
  rows: number,
  columns: number,
  map: Affine2,
  size: number
): Float32Array {
  const result = new Float32Array(size * size);
  for (const shiftY of SHIFTS) {
    for (const shiftX of SHIFTS) {
      const column0 = affineX(map, shiftX, shiftY);
      const row0 = affineY(map, shiftX, shiftY);
      for (let y = 0, i = 0; y < size; y++) {
        let column = column0 + y * map.xy;
        let row = row0 + y * map.yy;
        for (let x = 0; x < size; x++, i++, column += map.xx, row += map.yx) {
          result[i] += 0.25 * bilinear(hu, rows, columns, column, row);
        }
      }
    }
  }
  return result;
}

function bilinear(hu: Int16Array, rows: number, columns: number, column: number, row: number): number {
  if (column < 0 || row < 0 || column >= columns - 1 || row >= rows - 1) {
    return OUTSIDE_HU;
  }
  const column0 = column | 0;
  const row0 = row | 0;
  const i = row0 * columns + column0;
  const fx = column - column0;
  const above = hu[i] + (hu[i + 1] - hu[i]) * fx;
  const below = hu[i + columns] + (hu[i + columns + 1] - hu[i + columns]) * fx;
  return above + (below - above) * (row - row0);
}
