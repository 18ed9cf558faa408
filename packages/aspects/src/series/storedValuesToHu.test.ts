import { storedValuesToHu } from './storedValuesToHu';

const SQUARE = { rows: 3, columns: 3 };
const ring = (border: number, middle: number): number[] =>
  Array.from({ length: 9 }, (_, i) => (i === 4 ? middle : border));

test('rescale is applied once to stored values and not to values that a decoder has scaled', () => {
  const stored = Uint16Array.from(ring(24, 1064));
  expect([...storedValuesToHu({ ...SQUARE, stored, slope: 1, intercept: -1024 })]).toEqual(ring(-1000, 40));
  const scaled = Int16Array.from(ring(-1000, 40));
  expect([
    ...storedValuesToHu({ ...SQUARE, stored: scaled, slope: 1, intercept: -1024, alreadyScaled: true }),
  ]).toEqual(ring(-1000, 40));
});

test('signed pixels, a slope, and absent rescale attributes', () => {
  const stored = Int16Array.from(ring(-500, 20));
  expect([...storedValuesToHu({ ...SQUARE, stored, slope: 2, intercept: 0 })]).toEqual(ring(-1000, 40));
  expect([...storedValuesToHu({ ...SQUARE, stored })]).toEqual(ring(-500, 20));
});

test('padding, a padding range, and anything below air become -1024 HU', () => {
  const stored = Int16Array.from([-2000, -1500, -1990, 63, 40, -1000, 0, 1, 2]);
  const hu = storedValuesToHu({ ...SQUARE, stored, padding: -2000, paddingRangeLimit: -1980 });
  expect([...hu]).toEqual([-1024, -1024, -1024, 63, 40, -1000, 0, 1, 2]);
  const bright = storedValuesToHu({ ...SQUARE, stored: Int16Array.from(ring(3000, 40)), padding: 3000 });
  expect([...bright]).toEqual(ring(-1024, 40));
});

test('padding that would be tissue is not trusted', () => {
  const stored = Int16Array.from(ring(0, 40));
  expect([...storedValuesToHu({ ...SQUARE, stored, padding: 0 })]).toEqual(ring(0, 40));
  const air = Uint16Array.from(ring(0, 1064));
  expect([...storedValuesToHu({ ...SQUARE, stored: air, padding: 0, intercept: -1000 })]).toEqual(
    ring(-1024, 64)
  );
});

test('MONOCHROME1 changes the display only, unless the pixels were inverted without their rescale', () => {
  const options = { ...SQUARE, slope: 1, intercept: -1024, photometric: 'MONOCHROME1', bitsStored: 12 };
  const right = storedValuesToHu({
    ...options,
    stored: Uint16Array.from(ring(24, 1064)),
    pixelRepresentation: 0,
  });
  expect([...right]).toEqual(ring(-1000, 40));
  const inverted = Uint16Array.from(ring(4095 - 24, 4095 - 1064));
  expect([...storedValuesToHu({ ...options, stored: inverted, pixelRepresentation: 0 })]).toEqual(
    ring(-1000, 40)
  );
});

describe('a bright surround that nothing declares as padding', () => {
  const FIVE = { rows: 5, columns: 5 };
  /** Round field of view: `surround` in the corners, metal in the middle. */
  const round = (surround: number, metal: number): number[] => [
    ...[surround, surround, -1000, surround, surround],
    ...[surround, -1000, 30, -1000, surround],
    ...[-1000, 30, metal, 30, -1000],
    ...[surround, -1000, 30, -1000, surround],
    ...[surround, surround, -1000, surround, surround],
  ];

  test.each([
    ['the greatest value of 12 bits', 3071],
    ['the greatest value of the extended scale', 15999],
    ['white', 255],
  ])('of %s becomes padding, and metal of that value stays', (_, value) => {
    const hu = storedValuesToHu({ ...FIVE, stored: Int16Array.from(round(value, value)) });
    expect([...hu]).toEqual(round(-1024, value));
  });

  test('of -2000 without its sign becomes padding', () => {
    const stored = Uint16Array.from(round(63536 - 1024, 900), value => value + 1024);
    expect([...storedValuesToHu({ ...FIVE, stored, intercept: -1024 })]).toEqual(round(-1024, 900));
  });

  test.each<readonly [string, (hu: number[]) => void]>([
    ['that is tissue', hu => hu.fill(40)],
    ['in three corners', hu => (hu[24] = -1000)],
    ['of several values', hu => (hu[4] = 3070)],
  ])('%s stays', (_, change) => {
    const hu = round(3071, 40);
    change(hu);
    expect([...storedValuesToHu({ ...FIVE, stored: Int16Array.from(hu) })]).toEqual(hu);
  });
});
