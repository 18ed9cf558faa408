import { labelComponents } from '../../base/labelComponents';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it (test runners).
const { max, min } = Math;

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
  const sizes: number[] = [];
  const { numbers } = labelComponents(planes, width, 'faces', component => {
    sizes[component] = (sizes[component] ?? 0) + 1;
  });
  const largest = sizes.indexOf(sizes.reduce((most, cells) => max(most, cells), 0));
  return numbers.map(plane => Uint8Array.from(plane, number => (number >= 0 && number === largest ? 1 : 0)));
}
