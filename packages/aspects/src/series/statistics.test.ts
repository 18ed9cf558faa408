import { median } from './statistics';

/** As defined: the middle of the values in order, or the mean of the two in the middle. */
function medianBySorting(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

test('the median is the middle of the values in order, whatever order they come in', () => {
  let state = 3;
  const next = (below: number): number => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  for (let length = 1; length <= 60; length++) {
    // Few values, so that many are equal; and many.
    for (const range of [2, 7, 4000]) {
      const values = Array.from({ length }, () => next(range) - range / 2);
      const given = [...values];
      expect(median(values)).toBe(medianBySorting(given));
      expect(values).toEqual(given);
      expect(median(values.sort((a, b) => a - b))).toBe(medianBySorting(given));
      expect(median(values.reverse())).toBe(medianBySorting(given));
    }
  }
});

test('no values have no median', () => {
  expect(median([])).toBeNaN();
});

test.each([
  [[NaN, 3, 1, NaN, 2], 3],
  [[3, NaN, 1, 2], 2.5],
  [[1, NaN, NaN], NaN],
  [[2, NaN], NaN],
  [[NaN, 7, 5, 6, 4], 6],
  [[Infinity, Infinity, 1, Infinity], Infinity],
])('what is not a number comes last, as in sorting: %p', (values, expected) => {
  expect(median(values)).toBe(expected);
});
