import { INFARCT_SEGMENT, segmentColour } from '@deep-aspects/aspects/report';
import { ASPECTS_REGIONS } from '@deep-aspects/aspects/scoring';
import type { Rgba } from '../host/services';

/** The colours of the SEG, opaque: what is stored looks like what was read. */
const opaque = (segmentNumber: number): Rgba => [...segmentColour(segmentNumber), 255];

export const INFARCT_COLOUR: Rgba = opaque(INFARCT_SEGMENT);

/** Colour of each of the 20 segments, by segment index. */
export const SEGMENT_COLOURS: ReadonlyMap<number, Rgba> = new Map(
  Array.from({ length: 2 * ASPECTS_REGIONS.length }, (_, i): [number, Rgba] => [i + 1, opaque(i + 1)])
);
