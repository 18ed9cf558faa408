import type { Point } from './regionOutlines';

export interface Label {
  readonly text: string;
  /** Where it belongs, CSS pixels. */
  readonly at: Point;
  /** The region that it names. */
  readonly segment: number;
  /** The cortex has room for its names; the nuclei lie close together. */
  readonly isMovable: boolean;
}

/** What a label would cover. */
export interface Cover {
  /** Region that is drawn there; 0 for none. */
  readonly segment: number;
  /** Affected, or drawn as infarct or blood. */
  readonly isLesion: boolean;
}

/** Of a letter and its dark edge, CSS pixels. */
const LETTER_WIDTH = 7.5;
const HEIGHT = 12;
/** Places around the one where a label belongs, CSS pixels. */
const RADII = [9, 13, 18, 24, 31];
const DIRECTIONS = 16;
/** Points of the line from a region to its name, as shares of it. */
const LINE_POINTS = [0.25, 0.5, 0.75];

/**
 * What speaks against a place: a name on another one, at each of nine points of it what it lies on, and each
 * pixel away.
 */
const ON_A_NAME = 1000;
const ON_A_LESION = 12;
const LINE_OVER_A_LESION = 15;
const ON_ITS_OWN_LESION = 5;
const IN_ANOTHER_REGION = 8;
const OUTSIDE = 1;
const A_PIXEL_AWAY = 0.7;

/**
 * Puts names apart where they would lie on each other, and next to narrow or affected regions rather than
 * on them where there is room.
 *
 * @returns the middle of each label, CSS pixels
 */
export function placeLabels(labels: readonly Label[], coverAt: (point: Point) => Cover): Point[] {
  const placed = new Map<Label, Point>();
  const order = [...labels].sort((a, b) => rank(a, coverAt) - rank(b, coverAt));
  for (const label of order) {
    placed.set(label, label.isMovable ? bestPlace(label, placed, coverAt) : label.at);
  }
  return labels.map(label => placed.get(label) ?? label.at);
}

/** What stays comes first, then what names a lesion. */
function rank({ isMovable, at }: Label, coverAt: (point: Point) => Cover): number {
  return isMovable ? 2 - Number(coverAt(at).isLesion) : 0;
}

function bestPlace(label: Label, placed: ReadonlyMap<Label, Point>, coverAt: (point: Point) => Cover): Point {
  let best = label.at;
  let least = Infinity;
  for (const place of placesAround(label.at)) {
    const cost = costOf(label, place, placed, coverAt);
    if (cost < least) {
      [best, least] = [place, cost];
    }
  }
  return best;
}

function placesAround(at: Point): Point[] {
  const around = RADII.flatMap(radius =>
    Array.from({ length: DIRECTIONS }, (_, i) => {
      const angle = (2 * Math.PI * i) / DIRECTIONS;
      return { x: at.x + radius * Math.cos(angle), y: at.y + radius * Math.sin(angle) };
    })
  );
  return [at, ...around];
}

function costOf(
  label: Label,
  place: Point,
  placed: ReadonlyMap<Label, Point>,
  coverAt: (point: Point) => Cover
): number {
  let cost = A_PIXEL_AWAY * Math.hypot(place.x - label.at.x, place.y - label.at.y);
  for (const [other, at] of placed) {
    const isApart =
      Math.abs(at.x - place.x) >= (widthOf(label) + widthOf(other)) / 2 || Math.abs(at.y - place.y) >= HEIGHT;
    cost += isApart ? 0 : ON_A_NAME;
  }
  for (const share of LINE_POINTS) {
    const { segment, isLesion } = coverAt({
      x: label.at.x + share * (place.x - label.at.x),
      y: label.at.y + share * (place.y - label.at.y),
    });
    cost += isLesion && segment !== label.segment ? LINE_OVER_A_LESION : 0;
  }
  for (const x of [-0.5, 0, 0.5]) {
    for (const y of [-0.5, 0, 0.5]) {
      const point = { x: place.x + x * widthOf(label), y: place.y + y * HEIGHT };
      cost += costOfCover(label, place, coverAt(point));
    }
  }
  return cost;
}

/** To leave what is affected by half would be no help: it is left altogether, or not at all. */
function costOfCover({ segment: own, at }: Label, place: Point, { segment, isLesion }: Cover): number {
  if (isLesion) {
    return segment === own && place === at ? ON_ITS_OWN_LESION : ON_A_LESION;
  }
  if (segment === own) {
    return 0;
  }
  return segment === 0 ? OUTSIDE : IN_ANOTHER_REGION;
}

function widthOf({ text }: Label): number {
  return text.length * LETTER_WIDTH;
}
