// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it (test runners).
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

/** A connected body of one value. Bounds are inclusive; x towards the patient's left, y posterior, z plane index. */
export interface Component {
  readonly value: number;
  volumeMl: number;
  /** Part of the volume on the patient's left of the grid's middle. */
  leftMl: number;
  readonly low: [number, number, number];
  readonly high: [number, number, number];
}

export interface Components {
  /** Component number of each pixel, one array a plane; -1 where the value is 0. */
  readonly numbers: readonly Int32Array[];
  readonly components: readonly Component[];
}

/** Bodies of equal, non-zero value that touch by faces or, within a plane, by corners. */
export function connectedComponents(stack: GridStack): Components {
  const numbers = stack.planes.map(plane => new Int32Array(plane.length).fill(-1));
  const components: Component[] = [];
  stack.planes.forEach((plane, z) => {
    for (let i = 0; i < plane.length; i++) {
      if (plane[i] && numbers[z][i] < 0) {
        components.push(flood(stack, numbers, z, i, components.length));
      }
    }
  });
  return { numbers, components };
}

function flood(
  stack: GridStack,
  numbers: readonly Int32Array[],
  z0: number,
  i0: number,
  number: number
): Component {
  const { size, planes } = stack;
  const value = planes[z0][i0];
  const component: Component = {
    value,
    volumeMl: 0,
    leftMl: 0,
    low: [size, size, planes.length],
    high: [-1, -1, -1],
  };
  const queueZ = [z0];
  const queueI = [i0];
  const visit = (z: number, i: number): void => {
    if (planes[z][i] === value && numbers[z][i] < 0) {
      numbers[z][i] = number;
      queueZ.push(z);
      queueI.push(i);
    }
  };
  numbers[z0][i0] = number;
  while (queueI.length > 0) {
    const z = queueZ.pop() as number;
    const i = queueI.pop() as number;
    const x = i % size;
    const y = (i - x) / size;
    extend(component, stack, x, y, z);
    for (let yy = max(0, y - 1); yy <= min(size - 1, y + 1); yy++) {
      for (let xx = max(0, x - 1); xx <= min(size - 1, x + 1); xx++) {
        visit(z, yy * size + xx);
      }
    }
    if (z > 0) {
      visit(z - 1, i);
    }
    if (z < planes.length - 1) {
      visit(z + 1, i);
    }
  }
  return component;
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
