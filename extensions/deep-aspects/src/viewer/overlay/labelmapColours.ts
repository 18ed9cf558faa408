import { ASPECTS_REGIONS, segmentIndexOf, SIDES } from '../../core/aspects/regions';
import type { Rgba } from '../host/services';

/**
 * Ten hues that stay apart for readers with protanopia, deuteranopia or tritanopia (after P. Tol's "muted" scheme, its two
 * darkest colours lightened to show on brain). Both sides of a region share one: the side is seen where it lies.
 */
const REGION_COLOURS: readonly (readonly [number, number, number])[] = [
  [136, 204, 238],
  [204, 102, 119],
  [221, 204, 119],
  [68, 170, 153],
  [120, 110, 200],
  [170, 68, 153],
  [60, 160, 80],
  [180, 170, 60],
  [110, 160, 230],
  [220, 150, 190],
];

/** Vermilion: told apart from every region colour, and from grey, by all readers. */
export const INFARCT_COLOUR: Rgba = [255, 94, 0, 255];

/** Colour of each of the 20 segments, by segment index. */
export const SEGMENT_COLOURS: ReadonlyMap<number, Rgba> = new Map(
  SIDES.flatMap(side =>
    ASPECTS_REGIONS.map(({ id }, i): [number, Rgba] => [
      segmentIndexOf(id, side),
      [...REGION_COLOURS[i], 255],
    ])
  )
);
