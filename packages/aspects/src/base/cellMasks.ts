import { labelComponents } from './labelComponents';

/**
 * Binary images on a `width * height` grid, row-major, 0 or 1; what lies beyond the border counts as outside.
 */

/** Cells all of whose neighbours up to `cells` away, corners included, are set. */
export function erode(mask: Uint8Array, width: number, height: number, cells: number): Uint8Array {
  return countInWindows(mask, width, height, cells, 2 * cells + 1);
}

/** Cells with any neighbour up to `cells` away, corners included, that is set. */
export function dilate(mask: Uint8Array, width: number, height: number, cells: number): Uint8Array {
  return countInWindows(mask, width, height, cells, 1);
}

/**
 * Along rows, then along columns: 1 where at least so many of the `2 * cells + 1` cells about one are set.
 */
function countInWindows(
  mask: Uint8Array,
  width: number,
  height: number,
  cells: number,
  least: number
): Uint8Array {
  const along = new Uint8Array(mask.length);
  for (let y = 0; y < height; y++) {
    slideWindow(mask, along, { first: y * width, step: 1, length: width }, cells, least);
  }
  const result = new Uint8Array(mask.length);
  for (let x = 0; x < width; x++) {
    slideWindow(along, result, { first: x, step: width, length: height }, cells, least);
  }
  return result;
}

/** Cells of one row or column, by their indices in the grid. */
interface Line {
  readonly first: number;
  readonly step: number;
  readonly length: number;
}

function slideWindow(
  source: Uint8Array,
  target: Uint8Array,
  { first, step, length }: Line,
  cells: number,
  least: number
): void {
  let count = 0;
  for (let k = 0; k < cells && k < length; k++) {
    count += source[first + k * step];
  }
  for (let k = 0, at = first; k < length; k++, at += step) {
    count += k + cells < length ? source[at + cells * step] : 0;
    target[at] = count >= least ? 1 : 0;
    count -= k >= cells ? source[at - cells * step] : 0;
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
  const largest = sizes.indexOf(sizes.reduce((most, cells) => Math.max(most, cells), 0));
  return numbers.map(plane => {
    const kept = new Uint8Array(plane.length);
    for (let i = 0; largest >= 0 && i < plane.length; i++) {
      kept[i] = plane[i] === largest ? 1 : 0;
    }
    return kept;
  });
}
