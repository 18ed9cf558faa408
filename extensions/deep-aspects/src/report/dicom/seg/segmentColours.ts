import { ASPECTS_REGIONS } from '../../../core/aspects/regions';

/** Segment number of the infarct mask in the SEG object: after the twenty regions. */
export const INFARCT_SEGMENT = 2 * ASPECTS_REGIONS.length + 1;

export type Rgb = readonly [number, number, number];

/** One colour a region, the same on both sides; chosen to stay apart on grey and from the infarct's red. */
const REGION_COLOURS: readonly Rgb[] = [
  [255, 214, 79],
  [77, 182, 172],
  [186, 104, 200],
  [129, 199, 132],
  [100, 181, 246],
  [255, 183, 77],
  [121, 134, 203],
  [77, 208, 225],
  [220, 231, 117],
  [240, 98, 146],
];

const INFARCT_COLOUR: Rgb = [229, 57, 53];

/** sRGB (0-255) of a segment 1-20 (regions) or 21 (infarct). */
export function segmentColour(segmentNumber: number): Rgb {
  if (segmentNumber === INFARCT_SEGMENT) {
    return INFARCT_COLOUR;
  }
  return REGION_COLOURS[(segmentNumber - 1) % REGION_COLOURS.length];
}
