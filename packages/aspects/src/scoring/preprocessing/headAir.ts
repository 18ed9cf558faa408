import type { BrainSpace } from './findBrain';
import { frameMiddle, type HeadFrame } from './headFrame';
import { CELL_MM, type WorkingVolume } from './workingVolume';

/** Gas, also where it fills only a part of a 2 mm cell. */
const AIR_HU = -300;
/** Farther from the brain's middle along the normal lie throat and lungs, mm. */
const REACH_MM = 110;

/** The air that a head encloses (sinuses, nose, mastoids), and where its middle lies from the brain's. */
export interface HeadAir {
  readonly ml: number;
  /**
   * Towards the patient's left and towards posterior in the head frame, along the normal towards
   * the vertex; mm.
   */
  readonly acrossMm: number;
  readonly alongMm: number;
  readonly aboveMm: number;
}

/**
 * Air that is closed in within its plane, by more than a strap or the shell of a head holder: what surrounds
 * the head, and lies between it and its support, is open to the edge.
 */
export function headAir(brain: BrainSpace, frame: HeadFrame): HeadAir {
  const { volume, areasCm2 } = brain;
  const { width, left0, posterior0, planeOffsetsMm, planeExtentsMm } = volume;
  const middleMm = weightedMean(planeOffsetsMm, areasCm2);
  const [cos, sin] = [Math.cos(frame.angleRad), Math.sin(frame.angleRad)];
  const sums = { ml: 0, across: 0, along: 0, above: 0 };
  for (let z = 0; z < volume.planes.length; z++) {
    if (Math.abs(planeOffsetsMm[z] - middleMm) > REACH_MM) {
      continue;
    }
    const middle = frameMiddle(frame, planeOffsetsMm[z]);
    const ml = (CELL_MM * CELL_MM * planeExtentsMm[z]) / 1000;
    for (const cell of closedAir(volume, z)) {
      const x = left0 + CELL_MM * (cell % width);
      const y = posterior0 + CELL_MM * Math.floor(cell / width);
      sums.ml += ml;
      sums.across += ml * (x * cos + y * sin - middle.across);
      sums.along += ml * (-x * sin + y * cos - middle.along);
      sums.above += ml * (planeOffsetsMm[z] - middleMm);
    }
  }
  const mean = (sum: number): number => (sums.ml > 0 ? sum / sums.ml : 0);
  return {
    ml: sums.ml,
    acrossMm: mean(sums.across),
    alongMm: mean(sums.along),
    aboveMm: mean(sums.above),
  };
}

function weightedMean(values: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return values.reduce((sum, value, i) => sum + value * weights[i], 0) / total;
}

/**
 * Cells of air from which no way through air, through what no pixel covers or through walls thinner than
 * three cells leads to the plane's edge.
 */
function closedAir(volume: WorkingVolume, z: number): number[] {
  const { width, height } = volume;
  const hu = volume.planes[z];
  // 1 where the way from the edge has not come to yet.
  const closed = firm(volume, z).map(isFirm => 1 - isFirm);
  const waiting = new Int32Array(hu.length);
  let count = 0;
  const enter = (cell: number): void => {
    if (closed[cell]) {
      closed[cell] = 0;
      waiting[count++] = cell;
    }
  };
  for (let x = 0; x < width; x++) {
    enter(x);
    enter((height - 1) * width + x);
  }
  for (let y = 0; y < height; y++) {
    enter(y * width);
    enter(y * width + width - 1);
  }
  while (count > 0) {
    const cell = waiting[--count];
    const x = cell % width;
    if (x > 0) {
      enter(cell - 1);
    }
    if (x < width - 1) {
      enter(cell + 1);
    }
    if (cell >= width) {
      enter(cell - width);
    }
    if (cell < hu.length - width) {
      enter(cell + width);
    }
  }
  const cells: number[] = [];
  for (let cell = closed.indexOf(1); cell >= 0; cell = closed.indexOf(1, cell + 1)) {
    if (hu[cell] < AIR_HU) {
      cells.push(cell);
    }
  }
  return cells;
}

/** 1 for cells of a square of three by three cells without air. */
function firm({ planes, width }: WorkingVolume, z: number): Uint8Array {
  const solid = new Uint8Array(planes[z].length);
  for (let cell = 0; cell < solid.length; cell++) {
    solid[cell] = planes[z][cell] < AIR_HU ? 0 : 1;
  }
  const middles = inThrees(inThrees(solid, 1, 3), width, 3);
  return inThrees(inThrees(middles, 1, 1), width, 1);
}

/**
 * 1 where of a cell and its neighbours `step` before and behind it at least so many are 1. A row's ends count
 * as neighbours of the rows next to it: there is air.
 */
function inThrees(cells: Uint8Array, step: number, atLeast: number): Uint8Array {
  const found = new Uint8Array(cells.length);
  for (let cell = step; cell < cells.length - step; cell++) {
    found[cell] = cells[cell - step] + cells[cell] + cells[cell + step] >= atLeast ? 1 : 0;
  }
  return found;
}
