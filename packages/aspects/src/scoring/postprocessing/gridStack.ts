import { labelComponents, type LabelledComponents } from '../../base/labelComponents';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
const { max, min } = Math;

/** Network outputs of one series: planes of `size * size` on the network grid, caudal to cranial. */
export interface GridStack {
  readonly size: number;
  readonly spacingMm: number;
  /** Position of each plane along the normal, mm, ascending. */
  readonly planeOffsetsMm: readonly number[];
  /** Tissue that each plane stands for, mm. */
  readonly extentsMm: readonly number[];
  readonly planes: readonly Uint8Array[];
}

/** Volume of one grid pixel of plane `z`, ml. */
export function gridVoxelMl(stack: GridStack, z: number): number {
  return (stack.spacingMm * stack.spacingMm * stack.extentsMm[z]) / 1000;
}

/** Each value as a table of 256 has it. */
export function mapPlanes(stack: GridStack, table: Uint8Array): GridStack {
  return { ...stack, planes: stack.planes.map(plane => mapPlane(plane, table)) };
}

function mapPlane(plane: Uint8Array, table: Uint8Array): Uint8Array {
  const result = new Uint8Array(plane.length);
  for (let i = 0; i < plane.length; i++) {
    result[i] = table[plane[i]];
  }
  return result;
}

/**
 * A connected body of one value. Bounds are inclusive; x towards the patient's left, y posterior,
 * z plane index.
 */
export interface Component {
  readonly value: number;
  volumeMl: number;
  /** Part of the volume on the patient's left of the grid's middle. */
  leftMl: number;
  readonly low: [number, number, number];
  readonly high: [number, number, number];
}

export interface Components extends LabelledComponents {
  readonly components: readonly Component[];
}

/** Bodies of equal, non-zero value that touch by faces or, within a plane, by corners. */
export function connectedComponents(stack: GridStack): Components {
  const components: Component[] = [];
  const labelled = labelComponents(stack.planes, stack.size, 'corners-in-plane', (number, value, x, y, z) => {
    components[number] ??= emptyComponent(stack, value);
    extend(components[number], stack, x, y, z);
  });
  return { ...labelled, components };
}

function emptyComponent({ size, planes }: GridStack, value: number): Component {
  return { value, volumeMl: 0, leftMl: 0, low: [size, size, planes.length], high: [-1, -1, -1] };
}

function extend(component: Component, stack: GridStack, x: number, y: number, z: number): void {
  const ml = gridVoxelMl(stack, z);
  component.volumeMl += ml;
  component.leftMl += x > (stack.size - 1) / 2 ? ml : 0;
  const { low, high } = component;
  low[0] = min(low[0], x);
  low[1] = min(low[1], y);
  low[2] = min(low[2], z);
  high[0] = max(high[0], x);
  high[1] = max(high[1], y);
  high[2] = max(high[2], z);
}

/** Distance between the bounding boxes of two components, mm; 0 where they overlap. */
export function boxDistanceMm(stack: GridStack, a: Component, b: Component): number {
  const gap = (lowA: number, highA: number, lowB: number, highB: number): number =>
    max(0, lowA - highB, lowB - highA);
  const dx = gap(a.low[0], a.high[0], b.low[0], b.high[0]) * stack.spacingMm;
  const dy = gap(a.low[1], a.high[1], b.low[1], b.high[1]) * stack.spacingMm;
  const z = (index: number): number => stack.planeOffsetsMm[index];
  const dz = gap(z(a.low[2]), z(a.high[2]), z(b.low[2]), z(b.high[2]));
  return Math.hypot(dx, dy, dz);
}
