import type { HeadCtSeries, QualityWarning } from '../../series/headCtSeries';
import { Refusal } from '../../base/refusal';
import { brainBox, brainLookup, type PixelTest } from './brainLookup';
import type { BrainSpace } from './findBrain';
import { doubtOfSlices } from './doubtOfSlices';
import { lostPixels } from './lostPixels';
import { metalStreaks } from './metal';

/** Brain, without the partial volume of an edge. */
const TISSUE_HU: readonly [number, number] = [5, 90];
/** How far inside brain must lie where pixels without data meet tissue, mm: the cells between are of both. */
const INWARDS_MM = 6;
/** Length of such an edge in one slice that noise and a wire do not make, mm. */
const GREATEST_EDGE_MM = 12;
/**
 * Scanners fill only the circle inside of an image: what lies farther from its middle than this part of half
 * its size may be beyond the field of view.
 */
const FIELD_OF_VIEW_SHARE = 0.95;

/**
 * Refuses brain that ends at pixels without data (padding, not-a-number, a block of one value): bone,
 * membranes and the blur of a scanner lie between brain and air, and noise is everywhere, so that such an
 * edge is where data were lost. The edge of the field of view is no hole: a head that does not fit in is cut
 * off there. Nor is the black beside metal, where a scanner's scale ends.
 *
 * @returns what is doubtful: brain that goes on beyond the image; an area of one value that brain, blood or
 *   fluid could have, painted by somebody over what nobody knows
 * @throws Refusal CORRUPT_PIXELS naming the slice.
 */
export function checkHoles(series: HeadCtSeries, brain: BrainSpace): QualityWarning[] {
  const painted: number[] = [];
  const cutOff: number[] = [];
  const streaks = metalStreaks(brain.volume);
  for (const slice of brain.slices) {
    const { sopInstanceUID } = series.slices[slice];
    const edgesMm = edgesWithBrain(
      series,
      brain,
      slice,
      brainLookup(series, { ...brain, masks: streaks }, slice)
    );
    if (edgesMm.lost > GREATEST_EDGE_MM) {
      throw new Refusal(
        'CORRUPT_PIXELS',
        `Slice ${sopInstanceUID} has a hole in the brain: pixels without data, or all of one value. Send the series again from the scanner or PACS.`,
        { sopInstanceUID, edgesMm: edgesMm.lost }
      );
    }
    if (edgesMm.painted > GREATEST_EDGE_MM) {
      painted.push(slice);
    }
    if (edgesMm.image > GREATEST_EDGE_MM) {
      cutOff.push(slice);
    }
  }
  return [
    ...doubtOfSlices(
      series,
      painted,
      'a part of the brain has one single value, without noise: it was painted over, or its data are lost.'
    ),
    ...doubtOfSlices(
      series,
      cutOff,
      'the brain goes on beyond the image: regions there are scored by what is left of them.'
    ),
  ];
}

interface Edges {
  /** Pixels of one value that tissue could have. */
  painted: number;
  /** Pixels without data. */
  lost: number;
  /** The border of the image or of the circle that the scanner fills. */
  image: number;
}

/** Length of the edges of a slice, mm, at which brain meets what has no data. */
function edgesWithBrain(series: HeadCtSeries, brain: BrainSpace, slice: number, isStreak: PixelTest): Edges {
  const { rows, columns, pixelSpacingMm } = series;
  const { hu } = series.slices[slice];
  const isBrain = brainLookup(series, brain, slice);
  const box = brainBox(series, brain, slice, INWARDS_MM + 2 * Math.max(...pixelSpacingMm));
  const lost = lostPixels(hu, series, box);
  const { right, left, down, up } = directionsOf(pixelSpacingMm);
  const isBeyond = beyondFieldOfView(series);
  const edges: Edges = { painted: 0, lost: 0, image: 0 };
  /** `row` and `column` of a pixel without data, which may lie next to the image. */
  const addEdge = (row: number, column: number, towards: Direction, isOutside = false): void => {
    const pixel = row * columns + column;
    const next = pixel + towards.down * columns + towards.right;
    const [y, x] = [row + towards.down * towards.inwards, column + towards.right * towards.inwards];
    if (isTissue(hu[next]) && isBrain(y, x) && !isStreak(row, column)) {
      const filled = isTissue(hu[pixel]) ? 'painted' : 'lost';
      edges[isOutside || isBeyond(row, column) ? 'image' : filled] += towards.edgeMm;
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
  for (let row = 0; row < rows; row++) {
    addEdge(row, -1, right, true);
    addEdge(row, columns, left, true);
  }
  for (let column = 0; column < columns; column++) {
    addEdge(-1, column, down, true);
    addEdge(rows, column, up, true);
  }
  return edges;
}

/** Whether a pixel lies near or beyond the circle inside of the image: many scanners fill no more. */
function beyondFieldOfView({
  rows,
  columns,
  pixelSpacingMm: [rowSpacing, columnSpacing],
}: HeadCtSeries): (row: number, column: number) => boolean {
  const [y0, x0] = [((rows - 1) / 2) * rowSpacing, ((columns - 1) / 2) * columnSpacing];
  const radius = FIELD_OF_VIEW_SHARE * Math.min(y0, x0);
  return (row, column) => Math.hypot(row * rowSpacing - y0, column * columnSpacing - x0) > radius;
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

function isTissue(hu: number): boolean {
  return hu >= TISSUE_HU[0] && hu <= TISSUE_HU[1];
}
