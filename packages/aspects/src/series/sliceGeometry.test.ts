import { affineX, affineY } from '../base/affine2';
import type { Vec3 } from './headCtSeries';
import { extentsAcrossGaps, gapSurroundings, pixelToPlane } from './sliceGeometry';

const TILT = (20 * Math.PI) / 180;
const TILTED: Vec3 = [0, Math.cos(TILT), -Math.sin(TILT)];
const TILTED_NORMAL: Vec3 = [0, Math.sin(TILT), Math.cos(TILT)];

/** In-plane coordinates (left, posterior), mm, of a pixel, relative to those of the first. */
function moved(
  { row, column, normal }: { row: Vec3; column: Vec3; normal: Vec3 },
  at: { column: number; row: number }
): number[] {
  const map = pixelToPlane(
    {
      normal,
      rowDirection: row,
      columnDirection: column,
      // 2 mm between rows, 3 mm between columns (PS3.3 10.7.1.3).
      pixelSpacingMm: [2, 3],
      slices: [{ sopInstanceUID: '1', hu: new Int16Array(0), position: [-10, -20, 5] }],
    },
    0
  );
  return [affineX, affineY].map(part => part(map, at.column, at.row) - part(map, 0, 0));
}

test.each<readonly [string, Vec3, Vec3, Vec3, number, number]>([
  ['as usual', [1, 0, 0], [0, 1, 0], [0, 0, 1], 12, 10],
  ['mirrored', [-1, 0, 0], [0, 1, 0], [0, 0, 1], -12, 10],
  ['rotated by 90 degrees', [0, 1, 0], [-1, 0, 0], [0, 0, 1], -10, 12],
  ['prone', [-1, 0, 0], [0, -1, 0], [0, 0, 1], -12, -10],
  ['tilted', [1, 0, 0], TILTED, TILTED_NORMAL, 12, 10],
])('pixels lie 3 mm apart along a row and 2 mm along a column: %s', (_, row, column, normal, left, back) => {
  const [x, y] = moved({ row, column, normal }, { column: 4, row: 5 });
  expect(x).toBeCloseTo(left);
  expect(y).toBeCloseTo(back);
});

describe('a slice next to a gap stands for no more tissue than others', () => {
  const offsets = [0, 5, 10, 25, 30, 35];
  const thickness = (atGap: number) => [5, 5, atGap, atGap, 5, 5];

  test('but a distance that the slices themselves fill is no gap', () => {
    expect(extentsAcrossGaps(offsets, thickness(5))).toEqual([5, 5, 5, 5, 5, 5]);
    expect(extentsAcrossGaps(offsets, thickness(15))).toEqual([5, 5, 10, 10, 5, 5]);
  });

  test('from 1.6 times the distances around on', () => {
    const at = (gap: number) => gapSurroundings([5, 5, gap, 5, 5], 2, []);
    expect([at(8), at(8.1)]).toEqual([undefined, 5]);
  });
});
