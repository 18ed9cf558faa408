import { type Affine2, affineX, affineY, invertAffine } from '../../base/affine2';
import type { BrainSpace } from '../preprocessing/findBrain';
import { dilate } from '../preprocessing/cellMasks';
import type { HeadFrame } from '../preprocessing/headFrame';
import { gridToPixel } from '../preprocessing/networkGrid';
import type { NetworkSlice } from '../preprocessing/slab';
import { CELL_MM } from '../preprocessing/workingVolume';
import type { HeadCtSeries } from '../../series/headCtSeries';
import { pixelToPlane } from '../../series/sliceGeometry';
import type { GridStack } from './gridStack';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it (test runners).
const { floor, round } = Math;

/** Attenuation that neither region nor infarct can have: gas, fat, bone, calcification, metal. */
const TISSUE_HU: readonly [number, number] = [-50, 120];

/** One plane a native slice, `rows * columns`, caudal to cranial; all zero where no network ran. */
export type NativePlanes = Uint8Array[];

/** What every transfer to native slices needs. */
export interface NativeTransfer {
  readonly series: HeadCtSeries;
  readonly frame: HeadFrame;
  readonly brain: BrainSpace;
  readonly plan: readonly NetworkSlice[];
}

/** Label maps on native pixels: nearest grid pixel. */
export function labelsToNative(transfer: NativeTransfer, labels: GridStack): NativePlanes {
  const { size } = labels;
  return transferPlanes(transfer, labels, (plane, x, y) => {
    const column = round(x);
    const row = round(y);
    return column < 0 || row < 0 || column >= size || row >= size ? 0 : plane[row * size + column];
  });
}

/**
 * Infarct map (0, or the class) on native pixels: each class's probability interpolated, then thresholded; only inside the
 * skull. Where the edges of two classes meet, the later class is kept.
 *
 * @param probabilities a stack a class, each pixel above the threshold of one class at most
 */
export function infarctToNative(
  transfer: NativeTransfer,
  probabilities: readonly GridStack[],
  thresholds: readonly number[]
): NativePlanes {
  const maps = probabilities.map((probability, index) =>
    classToNative(transfer, probability, thresholds[index])
  );
  const [result] = maps;
  maps.slice(1).forEach((planes, index) =>
    planes.forEach((plane, slice) => {
      for (let i = 0; i < plane.length; i++) {
        result[slice][i] = plane[i] ? index + 2 : result[slice][i];
      }
    })
  );
  keepInsideSkull(transfer, result);
  return result;
}

/** 1 where the interpolated probability reaches the threshold. */
function classToNative(transfer: NativeTransfer, probability: GridStack, threshold: number): NativePlanes {
  const { size } = probability;
  const limit = threshold * 255;
  return transferPlanes(transfer, probability, (plane, x, y) => {
    const column = floor(x);
    const row = floor(y);
    if (column < 0 || row < 0 || column >= size - 1 || row >= size - 1) {
      return 0;
    }
    const i = row * size + column;
    const [fx, fy] = [x - column, y - row];
    const above = plane[i] + (plane[i + 1] - plane[i]) * fx;
    const below = plane[i + size] + (plane[i + size + 1] - plane[i + size]) * fx;
    return above + (below - above) * fy >= limit ? 1 : 0;
  });
}

function transferPlanes(
  { series, frame, plan }: NativeTransfer,
  stack: GridStack,
  read: (plane: Uint8Array, x: number, y: number) => number
): NativePlanes {
  const result = series.slices.map(() => new Uint8Array(series.rows * series.columns));
  plan.forEach(({ slices }, z) => {
    const plane = stack.planes[z];
    if (plane.every(value => value === 0)) {
      return;
    }
    for (const slice of slices) {
      const map = invertAffine(gridToPixel(series, frame, slice, stack.size, stack.spacingMm));
      fillSlice(result[slice], series.slices[slice].hu, series.rows, series.columns, map, (x, y) =>
        read(plane, x, y)
      );
    }
  });
  return result;
}

function fillSlice(
  target: Uint8Array,
  hu: Int16Array,
  rows: number,
  columns: number,
  map: Affine2,
  read: (x: number, y: number) => number
): void {
  for (let row = 0, i = 0; row < rows; row++) {
    let x = affineX(map, 0, row);
    let y = affineY(map, 0, row);
    for (let column = 0; column < columns; column++, i++, x += map.xx, y += map.yx) {
      if (hu[i] >= TISSUE_HU[0] && hu[i] <= TISSUE_HU[1]) {
        target[i] = read(x, y);
      }
    }
  }
}

/** Clears what lies outside the intracranial cells, grown by one cell for their coarse edge, in place. */
function keepInsideSkull({ series, brain }: NativeTransfer, planes: NativePlanes): void {
  const { volume } = brain;
  const grown = brain.masks.map(mask => dilate(mask, volume.width, volume.height));
  planes.forEach((plane, slice) => {
    const mask = grown[volume.planeOfSlice[slice]];
    const map = pixelToPlane(series, slice);
    for (let i = 0; i < plane.length; i++) {
      if (plane[i]) {
        const column = i % series.columns;
        const row = (i - column) / series.columns;
        const left = affineX(map, column, row);
        const posterior = affineY(map, column, row);
        const x = round((left - volume.left0) / CELL_MM);
        const y = round((posterior - volume.posterior0) / CELL_MM);
        plane[i] = mask[y * volume.width + x] ? plane[i] : 0;
      }
    }
  });
}
