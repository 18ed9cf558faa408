import { INFARCT_CLASS, INFARCT_CLASSES } from '../../../scoring/aspects/infarctClasses';
import { ASPECTS_REGIONS } from '../../../scoring/aspects/regions';
import { INFARCT_CLASS_COLOURS, type Rgb } from '../../drawing/readingColours';

const REGION_SEGMENTS = 2 * ASPECTS_REGIONS.length;

/** Segment number of acute infarct in the SEG object: after the twenty regions. */
export const INFARCT_SEGMENT = REGION_SEGMENTS + INFARCT_CLASS.acute;

/** Old infarct and haemorrhage follow. */
export const LAST_SEGMENT = REGION_SEGMENTS + INFARCT_CLASSES.length;

/** Segment number of a value of the infarct map; 0 for none. */
export function segmentOfInfarctClass(value: number): number {
  return value === 0 ? 0 : REGION_SEGMENTS + value;
}

/** Value of the infarct map that a segment stands for; 0 for the segments of regions. */
export function infarctClassOfSegment(segment: number): number {
  return Math.max(0, segment - REGION_SEGMENTS);
}

/**
 * Ten hues that stay apart for readers with protanopia, deuteranopia or tritanopia (after P. Tol's "muted"
 * scheme, its two darkest colours lightened to show on brain). Both sides of a region share one: the side is
 * seen where it lies.
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

/**
 * sRGB (0-255) of a segment 1-20 (regions) or 21-23 (infarct map), the same on the screen, in a picture
 * and in the SEG.
 */
export function segmentColour(segmentNumber: number): Rgb {
  const infarctClass = infarctClassOfSegment(segmentNumber);
  if (infarctClass > 0) {
    return INFARCT_CLASS_COLOURS[infarctClass - 1];
  }
  return REGION_COLOURS[(segmentNumber - 1) % REGION_COLOURS.length];
}
