import { affineX, affineY } from '../base/affine2';
import { refusalOf } from '../../testing/refusalOf';
import { buildHeadCtSeries } from './buildHeadCtSeries';
import type { HeadCtSeries } from './headCtSeries';
import { ctInstancesFromNifti, type VolumeInHu } from './niftiVolume';
import { pixelToPlane } from './sliceGeometry';

const SIZE = [20, 24, 6] as const;
/**
 * Voxel steps of 2, 3 and 5 mm; a bright voxel at left 10, posterior -6, up 10 mm of the first voxel's place.
 */
const MARK = [5, 2, 2] as const;

function markedVolume(order: readonly number[], signs: readonly number[]): VolumeInHu {
  const steps = [2, 3, 5];
  const dimensions = order.map(axis => SIZE[axis]) as unknown as VolumeInHu['dimensions'];
  const affine = [0, 1, 2].map(row => [
    ...order.map(axis => (axis === row ? signs[axis] * steps[axis] : 0)),
    signs[row] > 0 ? 0 : (SIZE[row] - 1) * steps[row],
  ]);
  const hu = new Float32Array(SIZE[0] * SIZE[1] * SIZE[2]);
  for (let i = 0; i < hu.length; i++) {
    const index = [
      i % dimensions[0],
      Math.floor(i / dimensions[0]) % dimensions[1],
      Math.floor(i / dimensions[0] / dimensions[1]),
    ];
    const world = order.reduce<number[]>((all, axis, k) => {
      all[axis] = signs[axis] > 0 ? index[k] : SIZE[axis] - 1 - index[k];
      return all;
    }, []);
    const marked = world.every((value, axis) => value === MARK[axis]);
    hu[i] = marked ? 77 : world[1] < 10 ? 30 + (i % 3) : -1000;
  }
  return { hu, dimensions, affine, identifier: '2.25.1' };
}

/** RAS position of the voxel of 77 HU. */
function markPosition(series: HeadCtSeries): number[] {
  const slice = series.slices.findIndex(({ hu }) => hu.includes(77));
  const at = series.slices[slice].hu.indexOf(77);
  const map = pixelToPlane(series, slice);
  const [column, row] = [at % series.columns, Math.floor(at / series.columns)];
  const left = affineX(map, column, row);
  const posterior = affineY(map, column, row);
  return [-left, -posterior, series.planeOffsetsMm[slice]].map(value => Math.round(value * 1000) / 1000 + 0);
}

const layouts: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  ['RAS', [0, 1, 2], [1, 1, 1]],
  ['LPS', [0, 1, 2], [-1, -1, 1]],
  ['LAS', [0, 1, 2], [-1, 1, 1]],
  ['slices downwards', [0, 1, 2], [1, 1, -1]],
  ['stored as sagittal planes', [1, 2, 0], [1, 1, 1]],
  ['stored as coronal planes', [0, 2, 1], [-1, 1, -1]],
];

test.each(layouts)('%s: every voxel keeps its place in the patient', (_, order, signs) => {
  const series = buildHeadCtSeries(ctInstancesFromNifti(markedVolume(order, signs)));
  expect(markPosition(series)).toEqual([MARK[0] * 2, MARK[1] * 3, MARK[2] * 5]);
  expect(series.slices).toHaveLength(6);
});

test('a volume without an affine is refused', () => {
  const volume = markedVolume([0, 1, 2], [1, 1, 1]);
  const flat = {
    ...volume,
    affine: [
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ],
  };
  expect(refusalOf(() => ctInstancesFromNifti(flat))?.code).toBe('MISSING_GEOMETRY');
});

test('what is odd about the file is told once', () => {
  const volume = { ...markedVolume([0, 1, 2], [1, 1, 1]), remark: 'The file has a tail.' };
  const told = buildHeadCtSeries(ctInstancesFromNifti(volume)).warnings;
  expect(told.filter(({ message }) => message === 'The file has a tail.')).toEqual([
    { code: 'LOW_CONFIDENCE', message: 'The file has a tail.' },
  ]);
});
