import { blur2 } from 'd3-array';
import { contours } from 'd3-contour';
import { runAtOnce, type Steps } from '../steps';

/** In pixels of the slice: x is the column, y the row, the centre of the first pixel at (0, 0). */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Outline of one segment on one slice, in pixels of the slice; the centre of a pixel has integer coordinates.
 */
export interface SegmentOutline {
  /** Closed lines, the first point not repeated. */
  readonly rings: readonly (readonly Point[])[];
  /** A point inside the segment, for its name. */
  readonly label: Point;
}

/**
 * Outlines are smoothed over this radius: sulci in a region close, since nobody reads their walls as
 * its border, mm.
 */
const SMOOTHING_MM = 1.3;
/** Below one half, so that narrow inlets close rather than thin bridges open. */
const LEVEL = 0.42;
/** Islands smaller than this share of the largest are specks of a network, not parts of a region. */
const LEAST_ISLAND = 0.1;

interface Extent {
  minX: number;
  maxX: number;
  minY: number;
  maxY: number;
  count: number;
  sumX: number;
  sumY: number;
}

/**
 * Outlines of all segments of a slice, for display only: holes are filled and edges smoothed, masks
 * stay as they are.
 * @param plane Segment indices, row by row; 0 is nothing. @param spacingMm Distance of rows, then of columns.
 */
export function regionOutlines(
  plane: Uint8Array,
  columns: number,
  spacingMm: readonly [number, number]
): ReadonlyMap<number, SegmentOutline> {
  return runAtOnce(regionOutlineSteps(plane, columns, spacingMm));
}

/** `regionOutlines`, a segment a step: twenty of them would hold a viewer up. */
export function* regionOutlineSteps(
  plane: Uint8Array,
  columns: number,
  spacingMm: readonly [number, number]
): Steps<ReadonlyMap<number, SegmentOutline>> {
  const outlines = new Map<number, SegmentOutline>();
  for (const [segment, extent] of extentsOf(plane, columns)) {
    const rings = ringsOf(plane, columns, spacingMm, segment, extent);
    if (rings.length > 0) {
      outlines.set(segment, { rings, label: innerPoint(plane, columns, segment, extent) });
    }
    yield;
  }
  return outlines;
}

function extentsOf(plane: Uint8Array, columns: number): Map<number, Extent> {
  const extents = new Map<number, Extent>();
  for (let i = 0; i < plane.length; i++) {
    const segment = plane[i];
    if (segment === 0) {
      continue;
    }
    const x = i % columns;
    const y = (i - x) / columns;
    let extent = extents.get(segment);
    if (!extent) {
      extent = { minX: x, maxX: x, minY: y, maxY: y, count: 0, sumX: 0, sumY: 0 };
      extents.set(segment, extent);
    }
    extent.minX = Math.min(extent.minX, x);
    extent.maxX = Math.max(extent.maxX, x);
    extent.maxY = y;
    extent.count++;
    extent.sumX += x;
    extent.sumY += y;
  }
  return extents;
}

function ringsOf(
  plane: Uint8Array,
  columns: number,
  [rowMm, columnMm]: readonly [number, number],
  segment: number,
  { minX, maxX, minY, maxY }: Extent
): Point[][] {
  const [radiusX, radiusY] = [SMOOTHING_MM / columnMm, SMOOTHING_MM / rowMm];
  // The blur is three boxes wide; beyond the margin there is nothing left of it.
  const margin = Math.ceil(3 * Math.max(radiusX, radiusY)) + 2;
  const width = maxX - minX + 1 + 2 * margin;
  const height = maxY - minY + 1 + 2 * margin;
  const data = new Array<number>(width * height).fill(0);
  for (let y = minY; y <= maxY; y++) {
    for (let x = minX; x <= maxX; x++) {
      if (plane[y * columns + x] === segment) {
        data[(y - minY + margin) * width + (x - minX + margin)] = 1;
      }
    }
  }
  blur2({ data, width, height }, radiusX, radiusY);
  const { coordinates } = contours().size([width, height]).smooth(true).contour(data, LEVEL);
  // The first ring of a polygon is its outer border; the others are its holes. Pixel (0, 0) of d3 has its
  // centre at a half.
  const rings = coordinates.map(([outer]) =>
    outer.slice(0, -1).map(([x, y]) => ({ x: x - 0.5 + minX - margin, y: y - 0.5 + minY - margin }))
  );
  const areas = rings.map(areaOf);
  const largest = Math.max(0, ...areas);
  return rings.filter((_, i) => areas[i] >= largest * LEAST_ISLAND);
}

function areaOf(ring: readonly Point[]): number {
  let twice = 0;
  ring.forEach((point, i) => {
    const next = ring[(i + 1) % ring.length];
    twice += point.x * next.y - next.x * point.y;
  });
  return Math.abs(twice) / 2;
}

/** The segment's pixel nearest to its centre of mass, which itself may lie outside of a crescent. */
function innerPoint(plane: Uint8Array, columns: number, segment: number, extent: Extent): Point {
  const centre = { x: extent.sumX / extent.count, y: extent.sumY / extent.count };
  let best: Point = centre;
  let least = Infinity;
  for (let y = extent.minY; y <= extent.maxY; y++) {
    for (let x = extent.minX; x <= extent.maxX; x++) {
      const distance = (x - centre.x) ** 2 + (y - centre.y) ** 2;
      if (distance < least && plane[y * columns + x] === segment) {
        least = distance;
        best = { x, y };
      }
    }
  }
  return best;
}
