import { regionOutlines, type Point, type SegmentOutline } from './regionOutlines';

const COLUMNS = 80;
const ROWS = 60;
const SPACING: readonly [number, number] = [0.5, 0.5];

function planeOf(
  segment: number,
  isInside: (x: number, y: number) => boolean,
  plane = new Uint8Array(COLUMNS * ROWS)
) {
  plane.forEach((_, i) => {
    if (isInside(i % COLUMNS, Math.floor(i / COLUMNS))) {
      plane[i] = segment;
    }
  });
  return plane;
}

const inBox = (left: number, top: number, right: number, bottom: number) => (x: number, y: number) =>
  x >= left && x <= right && y >= top && y <= bottom;

function boxOf({ rings }: SegmentOutline) {
  const points = rings.flat();
  const of = (pick: (point: Point) => number) => [
    Math.min(...points.map(pick)),
    Math.max(...points.map(pick)),
  ];
  return { x: of(point => point.x), y: of(point => point.y) };
}

test('lies on the border of the region, to a pixel of half a millimetre, wherever in the slice that is', () => {
  const outline = regionOutlines(planeOf(7, inBox(40, 10, 69, 49)), COLUMNS, SPACING).get(7)!;
  const { x, y } = boxOf(outline);
  expect(Math.abs(x[0] - 39.5)).toBeLessThan(1);
  expect(Math.abs(x[1] - 69.5)).toBeLessThan(1);
  expect(Math.abs(y[0] - 9.5)).toBeLessThan(1);
  expect(Math.abs(y[1] - 49.5)).toBeLessThan(1);
});

test.each<[string, (x: number, y: number) => boolean]>([
  ['a hole in the middle', inBox(30, 25, 36, 31)],
  ['a narrow inlet from outside', inBox(10, 25, 34, 27)],
  ['two holes', (x, y) => inBox(20, 20, 24, 24)(x, y) || inBox(40, 30, 46, 36)(x, y)],
])('a sulcus, %s, is not outlined', (_, isSulcus) => {
  const inRegion = inBox(10, 10, 59, 49);
  const plane = planeOf(3, (x, y) => inRegion(x, y) && !isSulcus(x, y));
  const { rings } = regionOutlines(plane, COLUMNS, SPACING).get(3)!;
  expect(rings).toHaveLength(1);
  // No point of the outline lies deep inside.
  expect(rings[0].filter(({ x, y }) => inBox(16, 16, 53, 43)(x, y))).toEqual([]);
});

test('specks are left out, parts of a divided region are not', () => {
  const plane = planeOf(
    5,
    (x, y) => inBox(5, 5, 25, 40)(x, y) || inBox(40, 5, 60, 30)(x, y) || inBox(70, 50, 73, 53)(x, y)
  );
  expect(regionOutlines(plane, COLUMNS, SPACING).get(5)!.rings).toHaveLength(2);
});

test('the name of a crescent stands inside of it', () => {
  const isCrescent = (x: number, y: number) => {
    const [outer, inner] = [Math.hypot(x - 40, y - 30), Math.hypot(x - 48, y - 30)];
    return outer < 25 && inner > 22;
  };
  const plane = planeOf(4, isCrescent);
  const { label } = regionOutlines(plane, COLUMNS, SPACING).get(4)!;
  expect(plane[label.y * COLUMNS + label.x]).toBe(4);
});

test('smooths by millimetres: where pixels are not square, as far in both directions', () => {
  const plane = planeOf(2, (x, y) => inBox(20, 10, 59, 49)(x, y) && !inBox(20, 28, 40, 29)(x, y));
  // Two rows of 3 mm are a wide cleft, of 0.5 mm a sulcus.
  const deep = (rowMm: number) =>
    regionOutlines(plane, COLUMNS, [rowMm, 0.5])
      .get(2)!
      .rings.flat()
      .some(({ x, y }) => inBox(25, 26, 38, 31)(x, y));
  expect([deep(3), deep(0.5)]).toEqual([true, false]);
});

test('an empty slice has no outlines', () => {
  expect(regionOutlines(new Uint8Array(COLUMNS * ROWS), COLUMNS, SPACING).size).toBe(0);
});
