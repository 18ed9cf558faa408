import { type Affine2, affineX, affineY, invertAffine } from '../../base/affine2';
import type { HeadCtSeries } from '../../series/headCtSeries';
import { METAL_HU } from '../../series/metal';
import { pixelToPlane, planeBounds } from '../../series/sliceGeometry';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
const { floor, round } = Math;

/** Edge of a cell of the working volume, mm. */
export const CELL_MM = 2;
/** Native slices are averaged until a working plane stands for at least this much tissue, mm. */
const LEAST_PLANE_MM = 2.5;
/** Samples along each edge of a cell. */
const SAMPLES = 3;
/** Attenuation of cells that no pixel covers. */
export const UNCOVERED_HU = -2048;

/**
 * The series on a coarse grid that all planes share: cells of 2 mm along the patient's left (columns) and
 * posterior (rows) in the slice plane, positions from each slice's own coordinates, so that a tilted
 * (sheared) stack stands upright.
 */
export interface WorkingVolume {
  readonly width: number;
  readonly height: number;
  /** In-plane patient coordinates of the centre of cell (0, 0), mm. */
  readonly left0: number;
  readonly posterior0: number;
  /** Mean HU of a cell, row-major; `UNCOVERED_HU` where no pixel lies. Caudal to cranial. */
  readonly planes: readonly Int16Array[];
  /** Cells with metal, by plane. */
  readonly metal: readonly (readonly number[])[];
  /** Position of each plane along the normal, mm. */
  readonly planeOffsetsMm: readonly number[];
  /** Tissue that each plane stands for, mm. */
  readonly planeExtentsMm: readonly number[];
  /** Working plane of each native slice. */
  readonly planeOfSlice: readonly number[];
}

export function buildWorkingVolume(series: HeadCtSeries): WorkingVolume {
  const grid = commonGrid(series);
  const groups = groupSlices(series.sliceExtentsMm);
  const planeOfSlice: number[] = [];
  groups.forEach((slices, plane) => slices.forEach(slice => (planeOfSlice[slice] = plane)));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const metal = groups.map((): number[] => []);
  return {
    ...grid,
    planes: groups.map((slices, z) => averagePlane(series, slices, grid, metal[z])),
    metal,
    planeOffsetsMm: groups.map(slices => sum(slices.map(i => series.planeOffsetsMm[i])) / slices.length),
    planeExtentsMm: groups.map(slices => sum(slices.map(i => series.sliceExtentsMm[i]))),
    planeOfSlice,
  };
}

type Grid = Pick<WorkingVolume, 'width' | 'height' | 'left0' | 'posterior0'>;

/** The least grid that covers every pixel of every slice. */
function commonGrid(series: HeadCtSeries): Grid {
  const maps = series.slices.map((_, i) => pixelToPlane(series, i));
  const { left, right, front, back } = planeBounds(maps, series);
  return {
    width: Math.ceil((right - left) / CELL_MM) + 1,
    height: Math.ceil((back - front) / CELL_MM) + 1,
    left0: left,
    posterior0: front,
  };
}

function groupSlices(extentsMm: readonly number[]): number[][] {
  const groups: number[][] = [];
  let gathered = Infinity;
  extentsMm.forEach((extent, slice) => {
    if (gathered >= LEAST_PLANE_MM) {
      groups.push([]);
      gathered = 0;
    }
    groups[groups.length - 1].push(slice);
    gathered += extent;
  });
  return groups;
}

/** @param metal to which cells with metal are added */
function averagePlane(
  series: HeadCtSeries,
  slices: readonly number[],
  grid: Grid,
  metal: number[]
): Int16Array {
  const sums = new Float32Array(grid.width * grid.height);
  const counts = new Uint16Array(grid.width * grid.height);
  for (const slice of slices) {
    const { hu } = series.slices[slice];
    const planeToPixel = invertAffine(pixelToPlane(series, slice));
    addSlice({ hu, rows: series.rows, columns: series.columns, planeToPixel }, grid, { sums, counts, metal });
  }
  const plane = new Int16Array(sums.length);
  for (let i = 0; i < plane.length; i++) {
    plane[i] = counts[i] ? round(sums[i] / counts[i]) : UNCOVERED_HU;
  }
  return plane;
}

interface PlacedSlice {
  readonly hu: Int16Array;
  readonly rows: number;
  readonly columns: number;
  readonly planeToPixel: Affine2;
}

function addSlice(
  { hu, rows, columns, planeToPixel }: PlacedSlice,
  grid: Grid,
  {
    sums,
    counts,
    metal,
  }: { readonly sums: Float32Array; readonly counts: Uint16Array; readonly metal: number[] }
): void {
  const lefts = samplePositions(grid.left0, grid.width);
  const posteriors = samplePositions(grid.posterior0, grid.height);
  // What `affineX` and `affineY` add first, once for all rows.
  const columnOfLeft = lefts.map(left => affineX(planeToPixel, left, 0));
  const rowOfLeft = lefts.map(left => affineY(planeToPixel, left, 0));
  for (let sampleY = 0; sampleY < posteriors.length; sampleY++) {
    const columnShift = planeToPixel.xy * posteriors[sampleY];
    const rowShift = planeToPixel.yy * posteriors[sampleY];
    const firstCell = floor(sampleY / SAMPLES) * grid.width;
    for (let sampleX = 0; sampleX < lefts.length; sampleX++) {
      const column = round(columnOfLeft[sampleX] + columnShift);
      const row = round(rowOfLeft[sampleX] + rowShift);
      if (column >= 0 && column < columns && row >= 0 && row < rows) {
        const cell = firstCell + floor(sampleX / SAMPLES);
        const value = hu[row * columns + column];
        sums[cell] += value;
        counts[cell]++;
        if (value > METAL_HU) {
          metal.push(cell);
        }
      }
    }
  }
}

/** Coordinates of the samples of so many cells in a row, mm. */
function samplePositions(first: number, cells: number): Float64Array {
  const fine = CELL_MM / SAMPLES;
  const firstShift = -((SAMPLES - 1) / 2) * fine;
  return Float64Array.from(
    { length: cells * SAMPLES },
    (_, i) => first + floor(i / SAMPLES) * CELL_MM + firstShift + (i % SAMPLES) * fine
  );
}
