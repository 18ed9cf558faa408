import type { HeadFrame } from './headFrame';
import { CELL_MM, type WorkingVolume } from './workingVolume';

/** A cell of the working volume: column, row and plane. */
export type Cell = readonly [x: number, y: number, z: number];

/**
 * Where a cell's mirror image about the mid-sagittal plane lies, rounded to whole cells; it may lie outside
 * of the volume. The reflection is in space: where the head is rolled it lies in another plane.
 */
export function mirroredCell(
  { left0, posterior0, planeOffsetsMm }: WorkingVolume,
  { angleRad, originMm, lateralMm, lateralSlope }: HeadFrame
): (cell: Cell) => Cell {
  const norm = Math.hypot(1, lateralSlope);
  const across = Math.cos(angleRad) / norm;
  const along = Math.sin(angleRad) / norm;
  const up = -lateralSlope / norm;
  return ([x, y, z]) => {
    const left = left0 + CELL_MM * x;
    const posterior = posterior0 + CELL_MM * y;
    const offset = planeOffsetsMm[z];
    const distance = left * across + posterior * along + (offset - originMm) * up - lateralMm / norm;
    return [
      Math.round((left - 2 * distance * across - left0) / CELL_MM),
      Math.round((posterior - 2 * distance * along - posterior0) / CELL_MM),
      nearest(planeOffsetsMm, offset - 2 * distance * up),
    ];
  };
}

function nearest(offsetsMm: readonly number[], offsetMm: number): number {
  let best = 0;
  for (let z = 1; z < offsetsMm.length; z++) {
    best = Math.abs(offsetsMm[z] - offsetMm) < Math.abs(offsetsMm[best] - offsetMm) ? z : best;
  }
  return best;
}
