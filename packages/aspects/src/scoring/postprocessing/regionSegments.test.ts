import { ASPECTS_REGIONS, segmentIndexOf, type RegionId, type Side } from '../aspects/regions';
import { fakeAnatomyNetwork } from '../../../testing/fakeNetworks';
import type { GridStack } from './gridStack';
import { regionSegments } from './regionSegments';

const SIZE = 64;
const { classes } = fakeAnatomyNetwork().manifest;
const classOf = (id: RegionId): number => ASPECTS_REGIONS.findIndex(region => region.id === id) + 1;

/** Planes of 2 mm pixels, 5 mm apart. */
function stack(planes: number): GridStack {
  return {
    size: SIZE,
    spacingMm: 2,
    planeOffsetsMm: Array.from({ length: planes }, (_, i) => 5 * i),
    extentsMm: Array.from({ length: planes }, () => 5),
    planes: Array.from({ length: planes }, () => new Uint8Array(SIZE * SIZE)),
  };
}

/** A rectangle of a plane, pixels: its first corner and its size. */
interface Block {
  readonly plane: number;
  readonly at: readonly [x: number, y: number];
  readonly size: readonly [width: number, height: number];
}

function fill(labels: GridStack, id: RegionId, { plane, at: [x, y], size: [width, height] }: Block): void {
  for (let row = y; row < y + height; row++) {
    labels.planes[plane].fill(classOf(id), row * SIZE + x, row * SIZE + x + width);
  }
}

/** Both levels with lentiform nuclei and cortex on both sides. */
function head(): GridStack {
  const labels = stack(6);
  for (const plane of [0, 1, 2]) {
    fill(labels, 'L', { plane, at: [40, 25], size: [8, 10] });
    fill(labels, 'L', { plane, at: [16, 25], size: [8, 10] });
    fill(labels, 'M2', { plane, at: [52, 20], size: [8, 20] });
    fill(labels, 'M2', { plane, at: [4, 20], size: [8, 20] });
  }
  for (const plane of [3, 4, 5]) {
    fill(labels, 'M5', { plane, at: [52, 20], size: [8, 20] });
    fill(labels, 'M5', { plane, at: [4, 20], size: [8, 20] });
  }
  return labels;
}

const count = (labels: GridStack, id: RegionId, side: Side): number =>
  regionSegments(labels, classes).segments.planes.reduce(
    (sum, plane) => sum + plane.filter(value => value === segmentIndexOf(id, side)).length,
    0
  );

test("columns beyond the middle are the patient's left", () => {
  const { segments } = regionSegments(head(), classes);
  expect(segments.planes[1][30 * SIZE + 42]).toBe(segmentIndexOf('L', 'left'));
  expect(segments.planes[1][30 * SIZE + 18]).toBe(segmentIndexOf('L', 'right'));
});

test('a body that reaches a little across the middle keeps one side; one astride is cut', () => {
  const across = head();
  fill(across, 'C', { plane: 1, at: [29, 10], size: [15, 4] });
  expect([count(across, 'C', 'left'), count(across, 'C', 'right')]).toEqual([60, 0]);
  const astride = head();
  fill(astride, 'C', { plane: 1, at: [22, 10], size: [20, 4] });
  expect([count(astride, 'C', 'left'), count(astride, 'C', 'right')]).toEqual([40, 40]);
});

test('levels: the border lies between the last deep and the first upper plane', () => {
  expect(regionSegments(head(), classes).levels).toEqual([
    'ganglionic',
    'ganglionic',
    'ganglionic',
    'supraganglionic',
    'supraganglionic',
    'supraganglionic',
  ]);
});

test('below the deep nuclei there are no regions', () => {
  const labels = head();
  labels.planes[0].forEach((value, i) => value === classOf('L') && (labels.planes[0][i] = 0));
  const { levels, segments } = regionSegments(labels, classes);
  expect(levels[0]).toBeUndefined();
  expect(segments.planes[0].every(value => value === 0)).toBe(true);
});

test('lower cortex on an upper plane takes the upper name, and the reverse', () => {
  const labels = head();
  fill(labels, 'M2', { plane: 5, at: [52, 36], size: [8, 4] });
  fill(labels, 'M5', { plane: 0, at: [4, 20], size: [8, 4] });
  expect([count(labels, 'M2', 'left'), count(labels, 'M5', 'left')]).toEqual([480, 480]);
  expect([count(labels, 'M2', 'right'), count(labels, 'M5', 'right')]).toEqual([480, 480]);
});

test('specks and stray pieces go', () => {
  const labels = head();
  fill(labels, 'L', { plane: 1, at: [40, 5], size: [1, 2] });
  fill(labels, 'L', { plane: 4, at: [40, 60], size: [5, 3] });
  expect(count(labels, 'L', 'left')).toBe(240);
});

test.each([
  [9, 24],
  [10, 34],
])('far from a body of 24 pixels, a piece of %s leaves %s: two fifths are kept', (pixels, kept) => {
  const labels = head();
  fill(labels, 'C', { plane: 1, at: [34, 5], size: [4, 6] });
  fill(labels, 'C', { plane: 1, at: [34, 50], size: [pixels, 1] });
  expect(count(labels, 'C', 'left')).toBe(kept);
});

test('a gap of one plane is closed where its neighbours are near', () => {
  const gap = head();
  gap.planes[1].fill(0);
  expect(count(gap, 'L', 'left')).toBe(240);
  const sparse = { ...gap, planeOffsetsMm: gap.planeOffsetsMm.map(offset => 2 * offset) };
  expect(count(sparse, 'L', 'left')).toBe(160);
});
