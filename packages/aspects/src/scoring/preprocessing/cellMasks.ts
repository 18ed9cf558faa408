// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it (test runners).
const { floor, max, min } = Math;

/** Binary images on a `width * height` grid, row-major, 0 or 1; border cells count as outside. */

/** Cells whose 8 neighbours are all set. */
export function erode(mask: Uint8Array, width: number, height: number): Uint8Array {
  const result = new Uint8Array(mask.length);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, i = y * width + 1; x < width - 1; x++, i++) {
      result[i] =
        mask[i] &
        mask[i - 1] &
        mask[i + 1] &
        mask[i - width] &
        mask[i + width] &
        mask[i - width - 1] &
        mask[i - width + 1] &
        mask[i + width - 1] &
        mask[i + width + 1];
    }
  }
  return result;
}

/** Cells with any of their 8 neighbours set. */
export function dilate(mask: Uint8Array, width: number, height: number): Uint8Array {
  const result = mask.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0, i = y * width; x < width; x++, i++) {
      if (mask[i]) {
        setAround(result, x, y, width, height);
      }
    }
  }
  return result;
}

function setAround(mask: Uint8Array, x: number, y: number, width: number, height: number): void {
  for (let yy = max(0, y - 1); yy <= min(height - 1, y + 1); yy++) {
    for (let xx = max(0, x - 1); xx <= min(width - 1, x + 1); xx++) {
      mask[yy * width + xx] = 1;
    }
  }
}

export function countSet(mask: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < mask.length; i++) {
    count += mask[i];
  }
  return count;
}

/** The largest set of cells that touch by faces within and between planes; all zero where nothing is set. */
export function largestComponent(planes: readonly Uint8Array[], width: number): Uint8Array[] {
  const size = planes[0].length;
  const labels = planes.map(() => new Int32Array(size));
  let [bestLabel, bestCount, label] = [0, 0, 0];
  planes.forEach((plane, z) => {
    for (let i = 0; i < size; i++) {
      if (plane[i] && !labels[z][i]) {
        const count = flood(planes, labels, z, i, ++label, width);
        if (count > bestCount) {
          [bestLabel, bestCount] = [label, count];
        }
      }
    }
  });
  return labels.map(plane => Uint8Array.from(plane, value => (bestLabel > 0 && value === bestLabel ? 1 : 0)));
}

function flood(
  planes: readonly Uint8Array[],
  labels: readonly Int32Array[],
  startPlane: number,
  startCell: number,
  label: number,
  width: number
): number {
  const size = planes[0].length;
  const stack = [startPlane * size + startCell];
  labels[startPlane][startCell] = label;
  let count = 0;
  while (stack.length > 0) {
    const at = stack.pop() as number;
    count++;
    const z = floor(at / size);
    const cell = at - z * size;
    const x = cell % width;
    const steps = [
      x > 0 ? -1 : 0,
      x < width - 1 ? 1 : 0,
      cell >= width ? -width : 0,
      cell < size - width ? width : 0,
    ];
    for (const step of [...steps, z > 0 ? -size : 0, z < planes.length - 1 ? size : 0]) {
      const next = at + step;
      const nextZ = floor(next / size);
      const nextCell = next - nextZ * size;
      if (step !== 0 && planes[nextZ][nextCell] && !labels[nextZ][nextCell]) {
        labels[nextZ][nextCell] = label;
        stack.push(next);
      }
    }
  }
  return count;
}
