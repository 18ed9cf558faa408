import type { HeadCtSeries, QualityWarning } from '../../series/headCtSeries';
import { Refusal } from '../../base/refusal';
import { brainBox, brainLookup } from './brainLookup';
import type { BrainSpace } from './findBrain';
import { lostPixels } from './lostPixels';

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
export function checkHoles(series: HeadCtSeries, brain: BrainSpace): QualityWarning[] {
  const painted: string[] = [];
  for (const slice of brain.slices) {
    const { sopInstanceUID } = series.slices[slice];
    const edgesMm = edgesWithBrain(series, brain, slice);
    if (edgesMm.lost > GREATEST_EDGE_MM) {
      throw new Refusal(
        'CORRUPT_PIXELS',
        `Slice ${sopInstanceUID} has a hole in the brain: pixels without data, or all of one value. Send the series again from the scanner or PACS.`,
        { sopInstanceUID, edgesMm: edgesMm.lost }
      );
    }
    if (edgesMm.painted > GREATEST_EDGE_MM) {
      painted.push(sopInstanceUID);
    }
  }
  return painted.length > 0 ? [paintedWarning(painted)] : [];
}

/**
 * Length of the edges of a slice, mm, at which pixels without data meet brain: `painted` where their value is
 * one that tissue could have.
 */
function edgesWithBrain(
  series: HeadCtSeries,
  brain: BrainSpace,
  slice: number
): { readonly painted: number; readonly lost: number } {
  const { columns, pixelSpacingMm } = series;
  const { hu } = series.slices[slice];
  const isBrain = brainLookup(series, brain, slice);
  const box = brainBox(series, brain, slice, INWARDS_MM + 2 * Math.max(...pixelSpacingMm));
  const lost = lostPixels(hu, series, box);
  const { right, left, down, up } = directionsOf(pixelSpacingMm);
  const edges = { painted: 0, lost: 0 };
  const addEdge = (row: number, column: number, towards: Direction): void => {
    const pixel = row * columns + column;
    const next = pixel + towards.down * columns + towards.right;
    const [y, x] = [row + towards.down * towards.inwards, column + towards.right * towards.inwards];
    if (isTissue(hu[next]) && isBrain(y, x)) {
      edges[isTissue(hu[pixel]) ? 'painted' : 'lost'] += towards.edgeMm;
    }
  };
  const [lastRow, lastColumn] = [box.rows[1], box.columns[1]];
  for (let row = box.rows[0]; row <= lastRow; row++) {
    for (let column = box.columns[0]; column <= lastColumn; column++) {
      const i = row * columns + column;
      const isLost = lost[i];
      if (column < lastColumn && isLost !== lost[i + 1]) {
        addEdge(row, isLost ? column : column + 1, isLost ? right : left);
      }
      if (row < lastRow && isLost !== lost[i + columns]) {
        addEdge(isLost ? row : row + 1, column, isLost ? down : up);
      }
    }
  }
  return edges;
}

interface Direction {
  /** Step to the next pixel. */
  readonly down: number;
  readonly right: number;
  /** So many such steps away there must be brain. */
  readonly inwards: number;
  /** Length of a pixel's edge on that side. */
  readonly edgeMm: number;
}

function directionsOf([rowSpacing, columnSpacing]: readonly [number, number]): Readonly<
  Record<'right' | 'left' | 'down' | 'up', Direction>
> {
  const along = { inwards: Math.ceil(INWARDS_MM / rowSpacing), edgeMm: columnSpacing };
  const across = { inwards: Math.ceil(INWARDS_MM / columnSpacing), edgeMm: rowSpacing };
  return {
    right: { down: 0, right: 1, ...across },
    left: { down: 0, right: -1, ...across },
    down: { down: 1, right: 0, ...along },
    up: { down: -1, right: 0, ...along },
  };
}

function paintedWarning([first, ...others]: readonly string[]): QualityWarning {
  const slices = others.length > 0 ? `${first} and ${others.length} more slices` : first;
  return {
    code: 'LOW_CONFIDENCE',
    message: `In ${slices} a part of the brain has one single value, without noise: it was painted over, or its data are lost.`,
  };
}

function isTissue(hu: number): boolean {
  return hu >= TISSUE_HU[0] && hu <= TISSUE_HU[1];
}
