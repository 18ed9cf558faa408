import { affineX, affineY, composeAffine, invertAffine, type Affine2 } from './affine2';

const apply = (map: Affine2, x: number, y: number) => [affineX(map, x, y), affineY(map, x, y)];

/** A quarter turn to the second axis, then 10 along the first. */
const TURNED: Affine2 = { x0: 10, xx: 0, xy: -1, y0: 0, yx: 1, yy: 0 };
const STRETCHED: Affine2 = { x0: 0, xx: 2, xy: 0, y0: 1, yx: 0, yy: 3 };

it('moves a point', () => {
  expect(apply(TURNED, 1, 2)).toEqual([8, 1]);
});

it('composes with the inner map first', () => {
  expect(apply(composeAffine(TURNED, STRETCHED), 1, 2)).toEqual(apply(TURNED, 2, 7));
  expect(apply(composeAffine(STRETCHED, TURNED), 1, 2)).toEqual([16, 4]);
});

it('undoes itself with its inverse, sheared or not', () => {
  const sheared = composeAffine({ ...STRETCHED, xy: 0.5 }, TURNED);
  const [x, y] = apply(composeAffine(invertAffine(sheared), sheared), -3, 4.5);
  expect(x).toBeCloseTo(-3, 12);
  expect(y).toBeCloseTo(4.5, 12);
});

it('has no inverse where it flattens the plane', () => {
  expect(() => invertAffine({ ...STRETCHED, yy: 0 })).toThrow(RangeError);
});
