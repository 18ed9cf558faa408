import { countSet, dilate } from '../../base/cellMasks';
import { METAL_STREAKS_MM } from '../../series/metal';
import { CELL_MM, type WorkingVolume } from './workingVolume';

/** More metal than this in a plane is none: values are wrong, or noise; cells. */
const MOST_CELLS = (12 * 100) / (CELL_MM * CELL_MM);
/** Beside metal a scanner's scale ends in black up to this far away, mm. */
const BLACK_MM = 24;
const BLACK_HU = -100;
/** What is black there is taken for brain, HU. */
const BRAIN_HU = 30;
/** The head goes on this far beyond metal that lies in it, and not on its skin (rings, pins), mm. */
const HEAD_BEYOND_MM = 16;
const HEAD_HU = -300;

/** Cells that metal may have left black or white, by plane, row-major, 0 or 1; undefined without metal. */
export function metalStreaks(volume: WorkingVolume): (Uint8Array | undefined)[] {
  return metalMasks(volume).map(mask => mask && around(mask, volume, METAL_STREAKS_MM));
}

/**
 * The volume without the black beside metal in the head: it is no air, and neither where the brain lies nor
 * how the head is turned shows there.
 */
export function withoutStreaks(volume: WorkingVolume): WorkingVolume {
  const masks = metalMasks(volume);
  return masks.some(mask => mask)
    ? { ...volume, planes: volume.planes.map((plane, z) => filled(plane, masks[z], volume)) }
    : volume;
}

function metalMasks({ metal, planes }: WorkingVolume): (Uint8Array | undefined)[] {
  return metal.map((cells, z) => {
    const mask = new Uint8Array(planes[z].length);
    cells.forEach(cell => (mask[cell] = 1));
    const count = countSet(mask);
    return count > 0 && count <= MOST_CELLS ? mask : undefined;
  });
}

function filled(plane: Int16Array, metal: Uint8Array | undefined, volume: WorkingVolume): Int16Array {
  const head = metal && Uint8Array.from(plane, hu => (hu > HEAD_HU ? 1 : 0));
  const inHead = metal?.map((isMetal, cell) =>
    isMetal && head && sidesWith(head, volume.width, cell, HEAD_BEYOND_MM / CELL_MM) === 4 ? 1 : 0
  );
  const near = inHead && around(inHead, volume, BLACK_MM);
  return near ? plane.map((hu, cell) => (near[cell] && hu < BLACK_HU ? BRAIN_HU : hu)) : plane;
}

function around(mask: Uint8Array, { width, height }: WorkingVolume, mm: number): Uint8Array {
  return dilate(mask, width, height, Math.round(mm / CELL_MM));
}

/** On how many sides of a cell, in its row and its column, a mask is set so many cells away or farther. */
export function sidesWith(mask: Uint8Array, width: number, cell: number, away: number): number {
  const column = cell % width;
  const isSet = (first: number, end: number, step: number): boolean => {
    for (let at = first; at < end; at += step) {
      if (mask[at]) {
        return true;
      }
    }
    return false;
  };
  return [
    isSet(cell - column, cell - away + 1, 1),
    isSet(cell + away, cell - column + width, 1),
    isSet(column, cell - away * width + 1, width),
    isSet(cell + away * width, mask.length, width),
  ].filter(Boolean).length;
}
