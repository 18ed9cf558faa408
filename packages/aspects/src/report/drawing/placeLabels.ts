import type { Point } from './regionOutlines';

export interface Label {
  readonly text: string;
  /** Where it belongs, CSS pixels. */
  readonly at: Point;
  /** The region that it names. */
  readonly segment: number;
  /** Of a nucleus: these lie close together, while the cortex mostly has room for its names. */
  readonly isMovable: boolean;
  /** Affected, or decided by the reader: named before all others. */
  readonly isImportant: boolean;
}

/** What labels may not reach across, CSS pixels. */
export interface Frame {
  readonly from: Point;
  readonly to: Point;
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
/** Places around the one where a label belongs, CSS pixels; farther ones for what has to be named. */
const RADII = [9, 13, 18, 24, 31];
const FAR_RADII = [...RADII, 39, 48];
const DIRECTIONS = 16;
/** Between points of the line from a region to its name, CSS pixels. */
const LINE_STEP = 4;
/** A name in its affected region hides little of it if the region is as many times as large. */
const ROOM = 8;
/** Where all cortical regions of a picture are smaller than that many names, only what matters has one. */
const SMALL = 3;
/** Points at which the size of a region around its name is taken, CSS pixels. */
const ROOM_STEP = 4;
const ROOM_STEPS = Array.from({ length: 17 }, (_, i) => (i - 8) * ROOM_STEP);

/**
 * What speaks against a place: a name on another one, a line across one, at each of nine points of it what it
 * lies on, and each pixel away.
 */
const ON_A_LESION = 12;
const LINE_OVER_A_LESION = 45;
const LINE_OVER_A_NAME = 40;
const ON_ITS_OWN_LESION = 5;
const IN_ANOTHER_REGION = 8;
const OUTSIDE = 1;
const A_PIXEL_AWAY = 0.7;

/**
 * Puts names apart where they would lie on each other, and next to narrow or affected regions rather than on
 * them where there is room. Where there is none names are left out: in a small picture those of normal
 * regions, which never lie on a lesion.
 *
 * @returns the middle of each label, CSS pixels; undefined for one without a place
 */
export function placeLabels(
  labels: readonly Label[],
  coverAt: (point: Point) => Cover,
  frame?: Frame
): (Point | undefined)[] {
  const placed = new Map<Label, Point>();
  const cortical = labels.filter(({ isMovable }) => !isMovable);
  const isSmall = cortical.length > 0 && !cortical.some(label => hasRoom(label, SMALL, coverAt));
  const named = labels.filter(({ isImportant }) => isImportant || !isSmall);
  for (const label of named.sort((a, b) => rank(a) - rank(b))) {
    const place = bestPlace(label, placed, coverAt, frame);
    if (place) {
      placed.set(label, place);
    }
  }
  return labels.map(label => placed.get(label));
}

/** What has to be named comes first, and of equals what stays where it belongs. */
function rank({ isMovable, isImportant }: Label): number {
  return 2 * Number(!isImportant) + Number(isMovable);
}

function bestPlace(
  label: Label,
  placed: ReadonlyMap<Label, Point>,
  coverAt: (point: Point) => Cover,
  frame: Frame | undefined
): Point | undefined {
  let best: Point | undefined;
  let least = Infinity;
  for (const place of placesOf(label, coverAt)) {
    const cost = isFree(label, place, placed, frame) ? costOf(label, place, placed, coverAt) : Infinity;
    if (cost < least) {
      [best, least] = [place, cost];
    }
  }
  const isLeftOut = best && !label.isImportant && hidesLesion(label, best, coverAt);
  return isLeftOut ? undefined : best;
}

function placesOf(label: Label, coverAt: (point: Point) => Cover): Point[] {
  const { at, isMovable, isImportant } = label;
  if (isImportant && !hasRoom(label, ROOM, coverAt)) {
    return placesAround(at, FAR_RADII);
  }
  return isMovable || (!isImportant && hidesLesion(label, at, coverAt)) ? placesAround(at, RADII) : [at];
}

function hidesLesion(label: Label, place: Point, coverAt: (point: Point) => Cover): boolean {
  return pointsOf(label, place).some(point => coverAt(point).isLesion);
}

/** Whether its region is at least as many times as large as the name. */
function hasRoom(label: Label, times: number, coverAt: (point: Point) => Cover): boolean {
  const { at, segment } = label;
  const around = ROOM_STEPS.flatMap(x => ROOM_STEPS.map(y => ({ x: at.x + x, y: at.y + y })));
  const own = around.filter(point => coverAt(point).segment === segment).length;
  return own * ROOM_STEP * ROOM_STEP >= times * widthOf(label) * HEIGHT;
}

function placesAround(at: Point, radii: readonly number[]): Point[] {
  const around = radii.flatMap(radius =>
    Array.from({ length: DIRECTIONS }, (_, i) => {
      const angle = (2 * Math.PI * i) / DIRECTIONS;
      return { x: at.x + radius * Math.cos(angle), y: at.y + radius * Math.sin(angle) };
    })
  );
  return [at, ...around];
}

/** Inside the picture, unless the region itself is outside, and on no other name. */
function isFree(
  label: Label,
  place: Point,
  placed: ReadonlyMap<Label, Point>,
  frame: Frame | undefined
): boolean {
  const width = widthOf(label);
  const isInside =
    !frame || !isWithin(label.at, frame, 0, 0) || isWithin(place, frame, width / 2, HEIGHT / 2);
  return (
    isInside && [...placed].every(([other, at]) => isBeside(place, at, (width + widthOf(other)) / 2, HEIGHT))
  );
}

function isWithin({ x, y }: Point, { from, to }: Frame, marginX: number, marginY: number): boolean {
  return x - marginX >= from.x && x + marginX <= to.x && y - marginY >= from.y && y + marginY <= to.y;
}

function isBeside(one: Point, other: Point, width: number, height: number): boolean {
  return Math.abs(one.x - other.x) >= width || Math.abs(one.y - other.y) >= height;
}

function costOf(
  label: Label,
  place: Point,
  placed: ReadonlyMap<Label, Point>,
  coverAt: (point: Point) => Cover
): number {
  const length = Math.hypot(place.x - label.at.x, place.y - label.at.y);
  const line = Array.from({ length: Math.floor(length / LINE_STEP) }, (_, i) => ({
    x: label.at.x + ((i * LINE_STEP) / length) * (place.x - label.at.x),
    y: label.at.y + ((i * LINE_STEP) / length) * (place.y - label.at.y),
  }));
  const crosses = (isCrossed: (point: Point) => boolean, cost: number) => (line.some(isCrossed) ? cost : 0);
  const isOtherLesion = (point: Point): boolean => {
    const { segment, isLesion } = coverAt(point);
    return isLesion && segment !== label.segment;
  };
  const isName = (point: Point): boolean =>
    [...placed].some(([other, at]) => !isBeside(point, at, widthOf(other) / 2, HEIGHT / 2));
  const cost =
    A_PIXEL_AWAY * length + crosses(isOtherLesion, LINE_OVER_A_LESION) + crosses(isName, LINE_OVER_A_NAME);
  return pointsOf(label, place).reduce((sum, point) => sum + costOfCover(label, place, coverAt(point)), cost);
}

/** Nine points of a name, those of its edges included. */
function pointsOf(label: Label, place: Point): Point[] {
  return [-0.5, 0, 0.5].flatMap(x =>
    [-0.5, 0, 0.5].map(y => ({ x: place.x + x * widthOf(label), y: place.y + y * HEIGHT }))
  );
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
