import type { Vec3 } from './headCtSeries';

/** The vector of three components, each given by its axis: 0 x, 1 y, 2 z. */
export function vec3(component: (axis: 0 | 1 | 2) => number): Vec3 {
  return [component(0), component(1), component(2)];
}

/** Scalar product, in the product of both units. */
export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Vector product, right-handed. */
export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** `a` times a number. */
export function scale(a: Vec3, factor: number): Vec3 {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

/** `a` minus `b`, component by component. */
export function subtract(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

/** Euclidean length, in the unit of `a`. */
export function length(a: Vec3): number {
  return Math.sqrt(dot(a, a));
}

/** Unit vector along `a`; not-a-number for the zero vector. */
export function normalise(a: Vec3): Vec3 {
  return scale(a, 1 / length(a));
}

/** An angle in radians as degrees. */
export function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
