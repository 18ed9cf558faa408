import type { AspectsResult, RegionResult } from '../../scoring/aspects/aspectsResult';
import { SIDES, type Level, type Side } from '../../scoring/aspects/regions';
import { cssColour, READING_COLOURS } from '../drawing/readingColours';
import {
  LEVEL_SHAPES,
  mirroredX,
  SCHEMATIC_BRAIN,
  SCHEMATIC_HEIGHT,
  SCHEMATIC_WIDTH,
  type RegionShape,
} from '../drawing/schematicShapes';
import { isScoreSuspended } from '../text/renderReportText';
import type { ReportWords } from '../text/reportWords';
import type { SummaryCaption } from './summaryCaption';

const SCALE = 2;
const LEVELS: readonly Level[] = ['ganglionic', 'supraganglionic'];

/**
 * An outline on a summary: an SVG path in its own units, then moved, scaled and, for the patient's
 * left, mirrored.
 */
export interface SummaryShape {
  readonly path: string;
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly mirrored: boolean;
  readonly fill?: string;
  readonly stroke: string;
  /** In units of the path. */
  readonly lineWidth: number;
}

/**
 * Both levels as the panel draws them: affected regions filled, the reader's in white, right on the left. As
 * long as the score is suspended, none is marked.
 */
export function schematic(
  result: AspectsResult,
  words: ReportWords,
  place: { readonly x: number; readonly y: number }
): { readonly shapes: SummaryShape[]; readonly captions: SummaryCaption[] } {
  const levels = LEVELS.map((level, index) =>
    levelDrawing(result, words, level, { x: place.x + index * SCHEMATIC_WIDTH * SCALE, y: place.y })
  );
  return {
    shapes: levels.flatMap(({ shapes }) => shapes),
    captions: levels.flatMap(({ captions }) => captions),
  };
}

function levelDrawing(
  result: AspectsResult,
  words: ReportWords,
  level: Level,
  place: { readonly x: number; readonly y: number }
) {
  const at = { ...place, scale: SCALE };
  const regions = SIDES.flatMap(side =>
    LEVEL_SHAPES[level].map(shape => ({
      side,
      shape,
      region: isScoreSuspended(result)
        ? undefined
        : result.hemispheres[side].regions.find(({ id }) => id === shape.id),
    }))
  );
  const outline: SummaryShape = {
    ...at,
    path: brainOutline(),
    mirrored: false,
    stroke: cssColour(READING_COLOURS.normal, 0.6),
    lineWidth: 1,
  };
  // What the reader decided last, so that no neighbour's border lies over its own.
  const ordered = [...regions].sort((a, b) => Number(isByReader(a.region)) - Number(isByReader(b.region)));
  return {
    shapes: [
      outline,
      ...ordered.map(({ side, shape, region }) => ({
        ...at,
        x: side === 'left' ? at.x + SCHEMATIC_WIDTH * SCALE : at.x,
        path: shape.path,
        mirrored: side === 'left',
        ...styleOf(region),
      })),
    ],
    captions: [
      ...regions.map(({ side, shape }) => label(side, shape, place)),
      ...SIDES.map((side): SummaryCaption => ({
        text: words.sideLetters[side],
        x: place.x + mirroredX(8, side) * SCALE,
        y: place.y + (SCHEMATIC_HEIGHT - 8) * SCALE,
        sizePx: 15,
        align: 'center',
      })),
      {
        text: words.levels[level],
        x: place.x + (SCHEMATIC_WIDTH / 2) * SCALE,
        y: place.y + (SCHEMATIC_HEIGHT - 3) * SCALE,
        sizePx: 14,
        align: 'center' as const,
      },
    ],
  };
}

function isByReader(region: RegionResult | undefined): boolean {
  return region?.source === 'reader';
}

function styleOf(region: RegionResult | undefined): Pick<SummaryShape, 'fill' | 'stroke' | 'lineWidth'> {
  const fill = region?.affected ? { fill: cssColour(READING_COLOURS.affected, 0.55) } : {};
  if (isByReader(region)) {
    return { ...fill, stroke: cssColour(READING_COLOURS.reader), lineWidth: 2 };
  }
  const found = region !== undefined && region.volumeMl > 0;
  return region?.affected
    ? { ...fill, stroke: cssColour(READING_COLOURS.affected), lineWidth: 1.2 }
    : { stroke: cssColour(READING_COLOURS.normal, found ? 0.8 : 0.25), lineWidth: 0.8 };
}

function label(side: Side, { id, label: at }: RegionShape, place: { x: number; y: number }): SummaryCaption {
  return {
    text: id,
    x: place.x + mirroredX(at.x, side) * SCALE,
    y: place.y + at.y * SCALE - 6,
    sizePx: 12,
    align: 'center',
  };
}

function brainOutline(): string {
  const { x: rx, y: ry } = SCHEMATIC_BRAIN;
  const [left, right, middle] = [SCHEMATIC_WIDTH / 2 - rx, SCHEMATIC_WIDTH / 2 + rx, SCHEMATIC_HEIGHT / 2];
  return `M ${left} ${middle} A ${rx} ${ry} 0 0 1 ${right} ${middle} A ${rx} ${ry} 0 0 1 ${left} ${middle} Z`;
}
