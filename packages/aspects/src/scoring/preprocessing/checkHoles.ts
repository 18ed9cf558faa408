import { affineX, affineY } from '../../base/affine2';
import type { HeadCtSeries, QualityWarning } from '../../series/headCtSeries';
import { Refusal } from '../../base/refusal';
import { pixelToPlane } from '../../series/sliceGeometry';
import type { BrainSpace } from './findBrain';
import { lostPixels } from './lostPixels';
import { CELL_MM } from './workingVolume';

/** Brain, without the partial volume of an edge. */
const TISSUE_HU: readonly [number, number] = [5, 90];
/** How far inside brain must lie where pixels without data meet tissue, mm: the cells between are of both. */
const INWARDS_MM = 6;
/** Length of such an edge in one slice that noise and a wire do not make, mm. */
const GREATEST_EDGE_MM = 12;

/**
 * Refuses brain that ends at pixels without data (padding, not-a-number, a block of one value): bone,
 * membranes and the blur of a scanner lie between brain and air, and noise is everywhere, so that such an
 * edge is where data were lost.
 *
 * @returns what is doubtful: an area of one value that brain, blood or fluid could have was painted by
 *   somebody, over what nobody knows
 * @throws Refusal CORRUPT_PIXELS naming the slice.
 */
export function checkHoles(series: HeadCtSeries, { volume, masks, slices }: BrainSpace): QualityWarning[] {
  const painted: string[] = [];
  const { width, height, left0, posterior0, planeOfSlice } = volume;
  for (const slice of slices) {
    const mask = masks[planeOfSlice[slice]];
    const { hu, sopInstanceUID } = series.slices[slice];
    const map = pixelToPlane(series, slice);
    const [rowSpacing, columnSpacing] = series.pixelSpacingMm;
    // To the right, left, below and above: step to the next pixel, step to where brain must be, and the
    // edge's length.
    const [across, along] = [Math.ceil(INWARDS_MM / columnSpacing), Math.ceil(INWARDS_MM / rowSpacing)];
    const directions = [
      { column: 1, row: 0, inwardsColumn: across, inwardsRow: 0, edgeMm: rowSpacing },
      { column: -1, row: 0, inwardsColumn: -across, inwardsRow: 0, edgeMm: rowSpacing },
      { column: 0, row: 1, inwardsColumn: 0, inwardsRow: along, edgeMm: columnSpacing },
      { column: 0, row: -1, inwardsColumn: 0, inwardsRow: -along, edgeMm: columnSpacing },
    ];
    const isBrain = (row: number, column: number): boolean => {
      const x = affineX(map, column, row);
      const y = affineY(map, column, row);
      const [cellX, cellY] = [Math.round((x - left0) / CELL_MM), Math.round((y - posterior0) / CELL_MM)];
      return cellX >= 0 && cellX < width && cellY >= 0 && cellY < height && mask[cellY * width + cellX] === 1;
    };
    const lost = lostPixels(hu, series);
    const edges = { painted: 0, lost: 0 };
    for (let row = 0, i = 0; row < series.rows; row++) {
      for (let column = 0; column < series.columns; column++, i++) {
        if (!lost[i]) {
          continue;
        }
        // Most of them lie among their like, around the image's circle.
        if (lost[i - 1] && lost[i + 1] && lost[i - series.columns] && lost[i + series.columns]) {
          continue;
        }
        for (const step of directions) {
          const x = column + step.column;
          const y = row + step.row;
          const isInside = x >= 0 && x < series.columns && y >= 0 && y < series.rows;
          if (
            isInside &&
            !lost[y * series.columns + x] &&
            isTissue(hu[y * series.columns + x]) &&
            isBrain(row + step.inwardsRow, column + step.inwardsColumn)
          ) {
            edges[isTissue(hu[i]) ? 'painted' : 'lost'] += step.edgeMm;
          }
        }
      }
    }
    if (edges.lost > GREATEST_EDGE_MM) {
      throw new Refusal(
        'CORRUPT_PIXELS',
        `Slice ${sopInstanceUID} has a hole in the brain: pixels without data, or all of one value. Send the series again from the scanner or PACS.`,
        { sopInstanceUID, edgesMm: edges.lost }
      );
    }
    if (edges.painted > GREATEST_EDGE_MM) {
      painted.push(sopInstanceUID);
    }
  }
  return painted.length > 0 ? [paintedWarning(painted)] : [];
}

function paintedWarning([first, ...others]: readonly string[]): QualityWarning {
  const slices = others.length > 0 ? `${first} and ${others.length} more slices` : first;
  return {
    code: 'LOW_CONFIDENCE',
    message: `In ${slices} a part of the brain is of one value, without noise: it was painted over, or its data are lost.`,
  };
}

function isTissue(hu: number): boolean {
  return hu >= TISSUE_HU[0] && hu <= TISSUE_HU[1];
}
