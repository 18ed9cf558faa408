import { type Affine2, affineX, affineY } from '../base/affine2';
import { dilate } from '../base/cellMasks';
import type { HeadCtSeries } from './headCtSeries';
import { METAL_HU, METAL_STREAKS_MM } from './metal';
import { HEAD_HU } from './previewDifference';
import { pixelToPlane, planeBounds } from './sliceGeometry';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
const { max, round } = Math;

/**
 * Edge of a preview's cell, mm: coarse enough that noise averages out, fine enough for skull and ventricles.
 */
const CELL_MM = 5;
/** Pixels nearer to each other than this need not all be read, mm. */
const SAMPLE_MM = 1.7;
/** More metal than this is none: values are wrong, or noise; cm2. */
const MOST_METAL_CM2 = 12;
/** What of a head must be left beside its metal: with less, what is left fits anything. */
const LEAST_LEFT = 0.7;

/** What places the pixels of a series: all of it but extents and warnings. */
export type PlacedSlices = Pick<
  HeadCtSeries,
  | 'rows'
  | 'columns'
  | 'pixelSpacingMm'
  | 'rowDirection'
  | 'columnDirection'
  | 'normal'
  | 'planeOffsetsMm'
  | 'slices'
>;

/**
 * Each slice as means over cells of 5 mm, HU, on one in-plane grid that all slices share, so that cells of a
 * tilted or shifted stack lie above each other; not-a-number where a slice has no pixel, and about metal,
 * whose streaks are of that slice alone.
 */
export interface SlicePreviews {
  readonly slices: readonly Float32Array[];
  /** Of which slices cells about metal are missing. */
  readonly hasMetal: readonly boolean[];
  /** Of the grid, cells; row by row, to the patient's left and posterior. */
  readonly width: number;
  readonly height: number;
}

/** Area of a preview's cell, cm2. */
export const PREVIEW_CELL_CM2 = (CELL_MM * CELL_MM) / 100;

/** Makes the previews of all slices; yields after each. */
export function* slicePreviews(series: PlacedSlices): Generator<void, SlicePreviews> {
  const maps = series.slices.map((_, i) => pixelToPlane(series, i));
  const grid = commonGrid(series, maps);
  const previews: Preview[] = [];
  for (const [i, map] of maps.entries()) {
    previews.push(preview(series, i, map, grid));
    yield;
  }
  return {
    slices: previews.map(({ means }) => means),
    hasMetal: previews.map(({ hasMetal }) => hasMetal),
    width: grid.width,
    height: grid.height,
  };
}

interface Grid {
  readonly width: number;
  readonly height: number;
  readonly left0: number;
  readonly posterior0: number;
}

function commonGrid(series: PlacedSlices, maps: readonly Affine2[]): Grid {
  const { left, right, front, back } = planeBounds(maps, series);
  return {
    width: round((right - left) / CELL_MM) + 1,
    height: round((back - front) / CELL_MM) + 1,
    left0: left,
    posterior0: front,
  };
}

interface Preview {
  readonly means: Float32Array;
  readonly hasMetal: boolean;
}

function preview(
  { rows, columns, pixelSpacingMm, slices }: PlacedSlices,
  index: number,
  map: Affine2,
  { width, height, left0, posterior0 }: Grid
): Preview {
  const { hu } = slices[index];
  const sums = new Int32Array(width * height);
  const counts = new Uint16Array(width * height);
  const rowStep = max(1, Math.floor(SAMPLE_MM / pixelSpacingMm[0]));
  const columnStep = max(1, Math.floor(SAMPLE_MM / pixelSpacingMm[1]));
  // Of such images each row has the same runs, farther down.
  const isUpright = map.xy === 0 && map.yx === 0;
  const top = rowOfCells(map, 0, posterior0);
  let runs: Runs | undefined;
  const metal: number[] = [];
  for (let row = 0; row < rows; row += rowStep) {
    const x0 = (affineX(map, 0, row) - left0) / CELL_MM;
    const y0 = (affineY(map, 0, row) - posterior0) / CELL_MM;
    runs = isUpright && runs ? runs : runsOfRow({ map, x0, y0, width, columns, columnStep });
    const down = isUpright ? (rowOfCells(map, row, posterior0) - top) * width : 0;
    const { cells, ends } = runs;
    const rowStart = row * columns;
    for (let run = 0, column = 0; run < cells.length; run++) {
      const end = ends[run];
      const cell = cells[run] + down;
      let [sum, count] = [0, 0];
      for (; column < end; column += columnStep, count++) {
        const value = hu[rowStart + column];
        sum += value;
        if (value > METAL_HU && metal[metal.length - 1] !== cell) {
          metal.push(cell);
        }
      }
      sums[cell] += sum;
      counts[cell] += count;
    }
  }
  const means = new Float32Array(sums).map((sum, cell) => (counts[cell] ? sum / counts[cell] : NaN));
  return withoutMetal(means, new Set(metal), width, height);
}

/** A preview whose cells about metal, its streaks, are not-a-number. */
function withoutMetal(
  means: Float32Array,
  metal: ReadonlySet<number>,
  width: number,
  height: number
): Preview {
  const whole = { means, hasMetal: false };
  if (metal.size === 0 || metal.size * PREVIEW_CELL_CM2 > MOST_METAL_CM2) {
    return whole;
  }
  const mask = Uint8Array.from(means, (_, cell) => (metal.has(cell) ? 1 : 0));
  const near = dilate(mask, width, height, round(METAL_STREAKS_MM / CELL_MM));
  const left = means.map((hu, cell) => (near[cell] ? NaN : hu));
  const head = (cells: Float32Array): number =>
    cells.reduce((count, hu) => count + (hu > HEAD_HU ? 1 : 0), 0);
  return head(left) < LEAST_LEFT * head(means) ? whole : { means: left, hasMetal: true };
}

/** Pixels of one row that follow each other in one cell: the cell, and the column that they end before. */
interface Runs {
  readonly cells: readonly number[];
  readonly ends: readonly number[];
}

function runsOfRow(row: {
  readonly map: Affine2;
  /** Of the first pixel, cells. */
  readonly x0: number;
  readonly y0: number;
  readonly width: number;
  readonly columns: number;
  readonly columnStep: number;
}): Runs {
  const { map, x0, y0, width, columns, columnStep } = row;
  const cells: number[] = [];
  const ends: number[] = [];
  let before = -1;
  for (let column = 0; column < columns; column += columnStep) {
    // Rounded: neither is less than -0.5.
    const x = (x0 + (column * map.xx) / CELL_MM + 0.5) | 0;
    const y = (y0 + (column * map.yx) / CELL_MM + 0.5) | 0;
    const cell = y * width + x;
    if (cell !== before) {
      if (before >= 0) {
        ends.push(column);
      }
      cells.push(cell);
      before = cell;
    }
  }
  ends.push(columns);
  return { cells, ends };
}

/** Row of cells in which the first pixel of a row lies. */
function rowOfCells(map: Affine2, row: number, posterior0: number): number {
  return ((affineY(map, 0, row) - posterior0) / CELL_MM + 0.5) | 0;
}
