import { affineX, affineY } from '../base/affine2';
import type { Vec3 } from './headCtSeries';
import { pixelToPlane, planeBounds } from './sliceGeometry';
import { type PlacedSlices, slicePreviews } from './slicePreviews';

/** Means over cells of 5 mm, pixel by pixel: every `step`-th one. */
function meansByPixel(series: PlacedSlices, index: number, step: number): number[] {
  const maps = series.slices.map((_, i) => pixelToPlane(series, i));
  const { left, right, front, back } = planeBounds(maps, series);
  const width = Math.round((right - left) / 5) + 1;
  const height = Math.round((back - front) / 5) + 1;
  const held = Array.from({ length: width * height }, (): number[] => []);
  for (let row = 0; row < series.rows; row += step) {
    for (let column = 0; column < series.columns; column += step) {
      const x = Math.round((affineX(maps[index], column, row) - left) / 5);
      const y = Math.round((affineY(maps[index], column, row) - front) / 5);
      held[y * width + x].push(series.slices[index].hu[row * series.columns + column]);
    }
  }
  return held.map(values => values.reduce((sum, value) => sum + value, 0) / values.length);
}

/** Three images of different pixels throughout, each shifted against the one below, as of a tilted gantry. */
function stack(rowDirection: Vec3, columnDirection: Vec3, pixelSpacingMm: number): PlacedSlices {
  const [rows, columns] = [90, 110];
  const slice = (index: number) => ({
    sopInstanceUID: `${index}`,
    hu: Int16Array.from({ length: rows * columns }, (_, pixel) => ((pixel * 7919) % 2000) - 1000),
    position: [3 * index, -2 * index, 5 * index] as Vec3,
  });
  return {
    rows,
    columns,
    pixelSpacingMm: [pixelSpacingMm, pixelSpacingMm],
    rowDirection,
    columnDirection,
    normal: [0, 0, 1],
    planeOffsetsMm: [0, 5, 10],
    slices: [0, 1, 2].map(slice),
  };
}

const turned = (deg: number): readonly [Vec3, Vec3] => {
  const [c, s] = [Math.cos((deg * Math.PI) / 180), Math.sin((deg * Math.PI) / 180)];
  return [
    [c, s, 0],
    [-s, c, 0],
  ];
};

const directions: readonly (readonly [string, readonly [Vec3, Vec3]])[] = [
  ['along the axes', turned(0)],
  ['turned by a quarter', turned(90)],
  ['turned by 23 degrees', turned(23)],
  [
    'mirrored',
    [
      [-1, 0, 0],
      [0, -1, 0],
    ],
  ],
];

test.each(directions)('a preview holds the mean of the pixels in each cell, %s', (_, [row, column]) => {
  for (const [pixelSpacingMm, step] of [
    [1.9371, 1],
    [0.8333, 2],
  ]) {
    const series = stack(row, column, pixelSpacingMm);
    const steps = slicePreviews(series);
    let result = steps.next();
    while (!result.done) {
      result = steps.next();
    }
    const middle = series.slices.length >> 1;
    const expected = meansByPixel(series, middle, step);
    expect(result.value.slices[middle]).toHaveLength(expected.length);
    const worst = expected.reduce((most, mean, cell) => {
      const held = result.value.slices[middle][cell];
      return Number.isNaN(mean) && Number.isNaN(held) ? most : Math.max(most, Math.abs(mean - held));
    }, 0);
    expect(worst).toBeLessThan(0.01);
  }
});
