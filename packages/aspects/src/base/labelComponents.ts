// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
const { floor, max, min } = Math;

/**
 * How voxels of one value belong together: by their six faces, or by faces and, within a plane, corners too
 * (planes lie several millimetres apart).
 */
export type Connectivity = 'faces' | 'corners-in-plane';

export interface LabelledComponents {
  /** Component number of each pixel, one array a plane; -1 where the value is 0. */
  readonly numbers: readonly Int32Array[];
  /** Number of components. */
  readonly count: number;
}

/**
 * Connected components of equal, non-zero value.
 *
 * @param planes of equal size, row-major
 * @param onVoxel called for each voxel of a component, one component after the other; x column,
 *   y row, z plane
 */
export function labelComponents(
  planes: readonly Uint8Array[],
  width: number,
  connectivity: Connectivity,
  onVoxel: (component: number, value: number, x: number, y: number, z: number) => void
): LabelledComponents {
  const size = planes[0]?.length ?? 0;
  const height = size / width;
  const corners = connectivity === 'corners-in-plane';
  const numbers = planes.map(() => new Int32Array(size).fill(-1));
  const waiting: number[] = [];
  let count = 0;

  const reach = (z: number, pixel: number, value: number): void => {
    if (planes[z][pixel] === value && numbers[z][pixel] < 0) {
      numbers[z][pixel] = count;
      waiting.push(z * size + pixel);
    }
  };
  const gather = (value: number): void => {
    while (waiting.length > 0) {
      const at = waiting.pop() as number;
      const z = floor(at / size);
      const pixel = at - z * size;
      const y = floor(pixel / width);
      const x = pixel - y * width;
      onVoxel(count, value, x, y, z);
      const [first, last] = [max(0, x - 1), min(width - 1, x + 1)];
      for (let yy = max(0, y - 1); yy <= min(height - 1, y + 1); yy++) {
        for (let xx = first; xx <= last; xx++) {
          if (corners || xx === x || yy === y) {
            reach(z, yy * width + xx, value);
          }
        }
      }
      if (z > 0) {
        reach(z - 1, pixel, value);
      }
      if (z < planes.length - 1) {
        reach(z + 1, pixel, value);
      }
    }
  };

  planes.forEach((plane, z) => {
    for (let pixel = 0; pixel < size; pixel++) {
      if (plane[pixel] !== 0 && numbers[z][pixel] < 0) {
        reach(z, pixel, plane[pixel]);
        gather(plane[pixel]);
        count++;
      }
    }
  });
  return { numbers, count };
}
