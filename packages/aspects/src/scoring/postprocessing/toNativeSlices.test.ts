import { tinySeries } from '../../../testing/tinySeries';
import type { HeadCtSeries } from '../../series/headCtSeries';
import { infarctToNative, labelsToNative, type NativeTransfer } from './toNativeSlices';

/** Grid of 9 x 9 pixels of 2 mm, each with a label of its own. */
const SIZE = 9;
const GRID = {
  size: SIZE,
  spacingMm: 2,
  planeOffsetsMm: [0],
  extentsMm: [5],
  planes: [Uint8Array.from({ length: SIZE * SIZE }, (_, i) => i + 1)],
};
/** Native pixels, 3 mm apart along a row and 2 mm along a column; the first at this place, mm. */
const [ROWS, COLUMNS, LEFT, BACK] = [7, 5, -6.3, -5.2];
const BONE = 12;

/** Cells far beyond the grid, all of them inside the skull. */
const WIDE_SKULL = {
  volume: { width: 40, height: 40, left0: -40, posterior0: -40, planeOfSlice: [0, 0] },
  masks: [new Uint8Array(40 * 40).fill(1)],
} as unknown as NativeTransfer['brain'];

function transfer(angleRad: number): NativeTransfer {
  const slice = {
    sopInstanceUID: 'slice',
    hu: Int16Array.from({ length: ROWS * COLUMNS }, (_, i) => (i === BONE ? 500 : 30)),
    position: [LEFT, BACK, 0] as const,
  };
  const series: HeadCtSeries = {
    ...tinySeries([0, 5]),
    rows: ROWS,
    columns: COLUMNS,
    pixelSpacingMm: [2, 3],
    slices: [slice, slice],
  };
  const frame = {
    angleRad,
    originMm: 0,
    lateralMm: 0.5,
    lateralSlope: 0,
    sagittalMm: -0.4,
    sagittalSlope: 0,
  };
  return {
    series,
    frame: { ...frame, asymmetry: 0 },
    plan: [{ planeOffsetMm: 0, slices: [0] }],
    brain: WIDE_SKULL,
  };
}

/** Where each native pixel lies on the grid: column and row, in grid pixels. */
function gridPlaces(angle: number): (readonly [number, number])[] {
  return Array.from({ length: ROWS * COLUMNS }, (_, i) => {
    const [x, y] = [LEFT + 3 * (i % COLUMNS), BACK + 2 * Math.floor(i / COLUMNS)];
    // Into the head's own directions, whose middle is the grid's.
    const across = x * Math.cos(angle) + y * Math.sin(angle) - 0.5;
    const along = y * Math.cos(angle) - x * Math.sin(angle) + 0.4;
    return [across / 2 + 4, along / 2 + 4];
  });
}

test.each([0, 20, -35])(
  'a native pixel takes the label of the nearest grid pixel, head turned by %s degrees',
  deg => {
    const angle = (deg * Math.PI) / 180;
    const [native, other] = labelsToNative(transfer(angle), GRID);
    const expected = gridPlaces(angle).map(([column, row], i) => {
      const [x, y] = [Math.round(column), Math.round(row)];
      const isInside = x >= 0 && x < SIZE && y >= 0 && y < SIZE;
      return isInside && i !== BONE ? y * SIZE + x + 1 : 0;
    });
    expect([...native]).toEqual(expected);
    expect(other.every(value => value === 0)).toBe(true);
  }
);

test.each([0, 20])('infarct is interpolated before it is thresholded, head turned by %s degrees', deg => {
  const angle = (deg * Math.PI) / 180;
  const probability = new Uint8Array(SIZE * SIZE);
  [3, 4, 5].forEach(row => probability.fill(255, row * SIZE + 3, row * SIZE + 6));
  const [native] = infarctToNative(transfer(angle), [{ ...GRID, planes: [probability] }], [0.2]);
  // Linear from the edge of the block to the next pixel.
  const share = (place: number): number => Math.min(1, Math.max(0, 2 - Math.abs(place - 4)));
  const expected = gridPlaces(angle).map(([column, row], i) =>
    i !== BONE && share(column) * share(row) >= 0.2 ? 1 : 0
  );
  expect([...native]).toEqual(expected);
  expect(expected.filter(Boolean).length).toBeGreaterThan(3);
});
