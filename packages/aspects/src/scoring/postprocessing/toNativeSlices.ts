import { type Affine2, affineX, affineY, invertAffine } from '../../base/affine2';
import type { BrainSpace } from '../preprocessing/findBrain';
import { dilate } from '../../base/cellMasks';
import type { HeadFrame } from '../preprocessing/headFrame';
import { gridToPixel } from '../preprocessing/networkGrid';
import type { NetworkSlice } from '../preprocessing/slab';
import { CELL_MM } from '../preprocessing/workingVolume';
import type { HeadCtSeries } from '../../series/headCtSeries';
import { pixelToPlane } from '../../series/sliceGeometry';
import type { GridStack } from './gridStack';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
const { ceil, floor, max, min, round } = Math;

/** Attenuation that neither region nor infarct can have: gas, fat, bone, calcification, metal. */
const TISSUE_HU: readonly [number, number] = [-50, 120];

export function isTissue(hu: number): boolean {
  return hu >= TISSUE_HU[0] && hu <= TISSUE_HU[1];
}

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
  const result = emptyPlanes(transfer);
  transferPlanes(transfer, labels, 1, result, (plane, x, y) => {
    const column = round(x);
    const row = round(y);
    return column < 0 || row < 0 || column >= size || row >= size ? 0 : plane[row * size + column];
  });
  return result;
}

/**
 * Infarct map (0, or the class) on native pixels: each class's probability interpolated, then thresholded;
 * only inside the skull. Where the edges of two classes meet, the later class is kept.
 *
 * @param probabilities a stack a class, each pixel above the threshold of one class at most
 */
export function infarctToNative(
  transfer: NativeTransfer,
  probabilities: readonly GridStack[],
  thresholds: readonly number[]
): NativePlanes {
  const result = emptyPlanes(transfer);
  probabilities.forEach((probability, index) => {
    const { size } = probability;
    const limit = thresholds[index] * 255;
    transferPlanes(transfer, probability, limit, result, (plane, x, y) => {
      const column = floor(x);
      const row = floor(y);
      if (column < 0 || row < 0 || column >= size - 1 || row >= size - 1) {
        return 0;
      }
      const i = row * size + column;
      const fx = x - column;
      const above = plane[i] + (plane[i + 1] - plane[i]) * fx;
      const below = plane[i + size] + (plane[i + size + 1] - plane[i + size]) * fx;
      return above + (below - above) * (y - row) >= limit ? index + 1 : 0;
    });
  });
  keepInsideSkull(transfer, result);
  return result;
}

function emptyPlanes({ series }: NativeTransfer): NativePlanes {
  return series.slices.map(() => new Uint8Array(series.rows * series.columns));
}

/** Reads a value on the grid of a plane; 0 is nothing. */
type Read = (plane: Uint8Array, x: number, y: number) => number;

/**
 * Writes what is read at each native pixel over `result`, where that is not 0.
 *
 * @param least nothing is read farther than one grid pixel from values of at least this much
 */
function transferPlanes(
  { series, frame, plan }: NativeTransfer,
  stack: GridStack,
  least: number,
  result: NativePlanes,
  read: Read
): void {
  plan.forEach(({ slices }, z) => {
    const plane = stack.planes[z];
    const box = boxOf(plane, stack.size, least);
    for (const slice of box ? slices : []) {
      const toPixel = gridToPixel(series, frame, slice, stack.size, stack.spacingMm);
      fillSlice(result[slice], series.slices[slice].hu, series.columns, {
        plane,
        toGrid: invertAffine(toPixel),
        box: boxAround(box as Box, toPixel, series),
        read,
      });
    }
  });
}

/** Columns and rows, both ends included. */
interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Bounds of the values of at least `least`; undefined where there are none. */
function boxOf(plane: Uint8Array, size: number, least: number): Box | undefined {
  let left = size;
  let right = -1;
  let top = size;
  let bottom = -1;
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++, i++) {
      if (plane[i] >= least) {
        left = min(left, x);
        right = max(right, x);
        top = min(top, y);
        bottom = y;
      }
    }
  }
  return right < 0 ? undefined : { left, right, top, bottom };
}

/** The native pixels on which a box of the grid lies, with a margin of one grid pixel. */
function boxAround(
  { left, right, top, bottom }: Box,
  toPixel: Affine2,
  { rows, columns }: HeadCtSeries
): Box {
  const corners = [left - 1, right + 1].flatMap(x => [top - 1, bottom + 1].map(y => [x, y] as const));
  const across = corners.map(([x, y]) => affineX(toPixel, x, y));
  const along = corners.map(([x, y]) => affineY(toPixel, x, y));
  return {
    left: max(0, floor(min(...across))),
    right: min(columns - 1, ceil(max(...across))),
    top: max(0, floor(min(...along))),
    bottom: min(rows - 1, ceil(max(...along))),
  };
}

function fillSlice(
  target: Uint8Array,
  hu: Int16Array,
  columns: number,
  { plane, toGrid, box, read }: { plane: Uint8Array; toGrid: Affine2; box: Box; read: Read }
): void {
  for (let row = box.top; row <= box.bottom; row++) {
    let x = affineX(toGrid, 0, row);
    let y = affineY(toGrid, 0, row);
    // Step by step from the edge, so that no rounding depends on the box.
    for (let column = 0; column < box.left; column++, x += toGrid.xx, y += toGrid.yx);
    for (let column = box.left; column <= box.right; column++, x += toGrid.xx, y += toGrid.yx) {
      const i = row * columns + column;
      const value = isTissue(hu[i]) ? read(plane, x, y) : 0;
      if (value) {
        target[i] = value;
      }
    }
  }
}

/** Clears what lies outside the intracranial cells, grown by one cell for their coarse edge, in place. */
function keepInsideSkull({ series, brain }: NativeTransfer, planes: NativePlanes): void {
  const { volume } = brain;
  const grown = new Map<number, Uint8Array>();
  planes.forEach((plane, slice) => {
    const z = volume.planeOfSlice[slice];
    const map = pixelToPlane(series, slice);
    for (let i = 0; i < plane.length; i++) {
      if (plane[i]) {
        const mask = grown.get(z) ?? dilate(brain.masks[z], volume.width, volume.height, 1);
        grown.set(z, mask);
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
