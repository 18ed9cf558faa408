import { neverDecreasing, percentWithin } from './percent';

it('a part runs from its begin to its end', () => {
  expect([0, 1, 2, 4].map(done => percentWithin([15, 95], done, 4))).toEqual([15, 35, 55, 95]);
});

it('a part without units is over', () => {
  expect(percentWithin([15, 95], 0, 0)).toBe(95);
});

it('a repeated part leaves the bar where it was, and no bar goes beyond its end', () => {
  const shown = neverDecreasing();
  expect([10, 40, 0, 30, 41, 120].map(shown)).toEqual([10, 40, 40, 40, 41, 100]);
});
