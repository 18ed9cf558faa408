/** An affine map of the plane: `(x, y)` goes to `(x0 + xx * x + xy * y, y0 + yx * x + yy * y)`. */
export interface Affine2 {
  readonly x0: number;
  readonly xx: number;
  readonly xy: number;
  readonly y0: number;
  readonly yx: number;
  readonly yy: number;
}

/**
 * First coordinate of the image of `(x, y)`. There are two functions, not one that returns a pair, so that
 * loops over pixels allocate nothing.
 */
export function affineX(map: Affine2, x: number, y: number): number {
  return map.x0 + map.xx * x + map.xy * y;
}

/** Second coordinate of the image of `(x, y)`. */
export function affineY(map: Affine2, x: number, y: number): number {
  return map.y0 + map.yx * x + map.yy * y;
}

/** The map that does `inner` first, then `outer`. */
export function composeAffine(outer: Affine2, inner: Affine2): Affine2 {
  return {
    x0: affineX(outer, inner.x0, inner.y0),
    xx: outer.xx * inner.xx + outer.xy * inner.yx,
    xy: outer.xx * inner.xy + outer.xy * inner.yy,
    y0: affineY(outer, inner.x0, inner.y0),
    yx: outer.yx * inner.xx + outer.yy * inner.yx,
    yy: outer.yx * inner.xy + outer.yy * inner.yy,
  };
}

/** @throws RangeError where the map has no inverse. */
export function invertAffine({ x0, xx, xy, y0, yx, yy }: Affine2): Affine2 {
  const determinant = xx * yy - xy * yx;
  if (!(Math.abs(determinant) > 0)) {
    throw new RangeError('An affine map that flattens the plane has no inverse');
  }
  const inverse = {
    xx: yy / determinant,
    xy: -xy / determinant,
    yx: -yx / determinant,
    yy: xx / determinant,
  };
  return {
    x0: -(inverse.xx * x0 + inverse.xy * y0),
    y0: -(inverse.yx * x0 + inverse.yy * y0),
    ...inverse,
  };
}
