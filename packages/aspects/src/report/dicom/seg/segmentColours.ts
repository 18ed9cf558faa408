import { ASPECTS_REGIONS } from '../../../scoring/aspects/regions';

/** Segment number of the infarct mask in the SEG object: after the twenty regions. */
export const INFARCT_SEGMENT = 2 * ASPECTS_REGIONS.length + 1;

export type Rgb = readonly [number, number, number];

/**
 * Ten hues that stay apart for readers with protanopia, deuteranopia or tritanopia (after P. Tol's "muted" scheme, its two
 * darkest colours lightened to show on brain). Both sides of a region share one: the side is seen where it lies.
 */
const REGION_COLOURS: readonly Rgb[] = [
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
const INFARCT_COLOUR: Rgb = [255, 94, 0];

/** sRGB (0-255) of a segment 1-20 (regions) or 21 (infarct), the same on the screen, in a picture and in the SEG. */
export function segmentColour(segmentNumber: number): Rgb {
  if (segmentNumber === INFARCT_SEGMENT) {
    return INFARCT_COLOUR;
  }
  return REGION_COLOURS[(segmentNumber - 1) % REGION_COLOURS.length];
}
