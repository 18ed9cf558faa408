import type { AspectsResult, RegionResult } from '../../scoring/aspects/aspectsResult';
import { CORTICAL_SECTORS, segmentIndexOf, SIDES } from '../../scoring/aspects/regions';
import { placeLabels, type Cover, type Label } from '../drawing/placeLabels';
import { cssColour, READING_COLOURS } from '../drawing/readingColours';
import { regionOutlines, type Point } from '../drawing/regionOutlines';
import type { SummaryInput } from './summaryInput';
import type { SummaryCaption } from './summaryCaption';
import { TILE } from './summaryLayout';
import type { SummaryShape } from './summarySchematic';
import { labelsOfTile, type TileGrid } from './slicePictures';

/** As on the screen, for which names are placed. */
const NAME_PX = 11;
/** A line to a name ends before its letters, pixels. */
const LEADER_GAP = 8;
const WHOLE_TILE = { from: { x: 0, y: 0 }, to: { x: TILE, y: TILE } };

/**
 * Outlines of a slice's regions with their names, as on the screen: without holes, normal ones quiet, what
 * the reader decided white and on top. None as long as the score is suspended.
 * @param place Upper left corner of the picture on the summary, pixels.
 */
export function sliceOutlines(
  input: SummaryInput,
  slice: number,
  grid: TileGrid,
  place: Point
): { readonly shapes: readonly SummaryShape[]; readonly captions: readonly SummaryCaption[] } {
  const labels = labelsOfTile(input, slice, grid);
  const infarct = input.infarct[slice];
  const regions = regionsBySegment(input.result);
  const drawn = [...regionOutlines(labels, TILE, [grid.spacingMm, grid.spacingMm])]
    .flatMap(([segment, outline]) => {
      const region = regions.get(segment);
      return region ? [{ segment, outline, region, style: styleOf(region) }] : [];
    })
    .sort((a, b) => a.style.lineWidth - b.style.lineWidth);
  const names = drawn.map(({ segment, outline, region }): Label => ({
    text: region.id,
    at: outline.label,
    segment,
    isMovable: !CORTICAL_SECTORS.includes(region.id),
    isImportant: region.affected || region.source === 'reader',
  }));
  const coverAt = ({ x, y }: Point): Cover => {
    const isInside = x >= 0 && x < TILE && y >= 0 && y < TILE;
    const at = isInside ? Math.floor(y) * TILE + Math.floor(x) : -1;
    const pixel = grid.pixelOf[at] ?? -1;
    return {
      segment: labels[at] ?? 0,
      isLesion: regions.get(labels[at])?.affected === true || (infarct[pixel] ?? 0) > 0,
    };
  };
  const places = placeLabels(names, coverAt, WHOLE_TILE);
  const shapeAt = (path: string): Omit<SummaryShape, 'stroke' | 'lineWidth'> => ({
    path,
    // The centre of a pixel has integer coordinates in an outline, and lies at a half on a canvas.
    x: place.x + 0.5,
    y: place.y + 0.5,
    scale: 1,
    mirrored: false,
  });
  return {
    shapes: [
      ...drawn.map(({ outline, style }) => ({
        ...shapeAt(outline.rings.map(ring => `${pathOf(ring)} Z`).join(' ')),
        stroke: cssColour(style.colour, style.share),
        lineWidth: style.lineWidth,
      })),
      ...drawn.flatMap(({ style }, i) => {
        const at = places[i];
        const leader = at && leaderOf(names[i].at, at);
        return leader ? [{ ...shapeAt(leader), stroke: cssColour(style.colour, 0.8), lineWidth: 1 }] : [];
      }),
    ],
    captions: drawn.flatMap(({ region, style }, i) => {
      const at = places[i];
      return at ? [captionAt(region.id, style.colour, { x: place.x + at.x, y: place.y + at.y })] : [];
    }),
  };
}

function captionAt(text: string, colour: SummaryCaption['colour'], { x, y }: Point): SummaryCaption {
  return { text, x, y: y - NAME_PX / 2, sizePx: NAME_PX, align: 'center', colour };
}

function regionsBySegment(result: AspectsResult): ReadonlyMap<number, RegionResult> {
  return new Map(
    SIDES.flatMap(side =>
      result.hemispheres[side].regions.map(region => [segmentIndexOf(region.id, side), region] as const)
    )
  );
}

function styleOf({ affected, source }: RegionResult) {
  if (source === 'reader') {
    return { colour: READING_COLOURS.reader, share: 1, lineWidth: 2 };
  }
  return affected
    ? { colour: READING_COLOURS.affected, share: 1, lineWidth: 1.6 }
    : { colour: READING_COLOURS.normal, share: 0.6, lineWidth: 1 };
}

function pathOf(points: readonly Point[]): string {
  return `M ${points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join(' L ')}`;
}

/** From a region to its name beside it; nothing where the name lies in it. */
function leaderOf(from: Point, name: Point): string | undefined {
  const length = Math.hypot(name.x - from.x, name.y - from.y);
  const share = 1 - LEADER_GAP / length;
  const end = { x: from.x + share * (name.x - from.x), y: from.y + share * (name.y - from.y) };
  return length > LEADER_GAP ? pathOf([from, end]) : undefined;
}
