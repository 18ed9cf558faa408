import { segmentColour, segmentOfInfarctClass } from '@deep-aspects/aspects/report';
import { ASPECTS_REGIONS, INFARCT_CLASS } from '@deep-aspects/aspects/scoring';
import type { Rgba } from '../host/services';

/** The colours of the SEG, opaque: what is stored looks like what was read. */
const opaque = (segmentNumber: number): Rgba => [...segmentColour(segmentNumber), 255];

/** Colour of acute infarct, old infarct and haemorrhage, by segment index of the "Infarct" segmentation. */
export const INFARCT_COLOURS: ReadonlyMap<number, Rgba> = new Map(
  Object.values(INFARCT_CLASS).map((value): [number, Rgba] => [value, opaque(segmentOfInfarctClass(value))])
);

/** Colour of each of the 20 segments, by segment index. */
export const SEGMENT_COLOURS: ReadonlyMap<number, Rgba> = new Map(
  Array.from({ length: 2 * ASPECTS_REGIONS.length }, (_, i): [number, Rgba] => [i + 1, opaque(i + 1)])
);
