import type { ReportMasks } from '../../types';
import { INFARCT_SEGMENT } from './segmentColours';

/** One frame of the SEG object: the voxels of one segment in one slice. */
export interface SegmentFrame {
  /** 1-20 regions (see `segmentIndexOf`), 21 infarct. */
  readonly segment: number;
  /** Index of the slice in the series. */
  readonly slice: number;
}

/**
 * Which frames a SEG object of these masks has: one for each slice in which a segment has a voxel, segments ascending,
 * slices caudal to cranial within. Two empty masks give one empty frame of the infarct segment, since an object
 * without frames is not allowed (PS3.3 C.7.6.16: Number of Frames is at least 1).
 */
export function segmentFrames(masks: ReportMasks): SegmentFrame[] {
  const slicesOfSegment: number[][] = Array.from({ length: INFARCT_SEGMENT + 1 }, () => []);
  masks.regions.forEach((plane, slice) => {
    segmentsOf(plane).forEach(segment => slicesOfSegment[segment].push(slice));
  });
  masks.infarct.forEach((plane, slice) => {
    if (plane.some(value => value !== 0)) {
      slicesOfSegment[INFARCT_SEGMENT].push(slice);
    }
  });
  const frames = slicesOfSegment.flatMap((slices, segment) => slices.map(slice => ({ segment, slice })));
  return frames.length > 0 ? frames : [{ segment: INFARCT_SEGMENT, slice: 0 }];
}

/** Ascending segment indices in a plane; values that are no region (0, above 20) are background. */
function segmentsOf(plane: Uint8Array): number[] {
  const present = new Uint8Array(256);
  for (const value of plane) {
    present[value] = 1;
  }
  const segments: number[] = [];
  for (let segment = 1; segment < INFARCT_SEGMENT; segment++) {
    if (present[segment]) {
      segments.push(segment);
    }
  }
  return segments;
}

/**
 * Pixel data of the frames, one bit a pixel, the first pixel in the lowest bit, frames without gap between them
 * (PS3.5 8.1.1), padded to even length.
 */
export function packFrames(masks: ReportMasks, frames: readonly SegmentFrame[], pixelsPerFrame: number): Uint8Array {
  const bytes = Math.ceil((frames.length * pixelsPerFrame) / 8);
  const packed = new Uint8Array(bytes + (bytes % 2));
  frames.forEach(({ segment, slice }, index) => {
    const isInfarct = segment === INFARCT_SEGMENT;
    const plane = isInfarct ? masks.infarct[slice] : masks.regions[slice];
    const start = index * pixelsPerFrame;
    for (let pixel = 0; pixel < pixelsPerFrame; pixel++) {
      if (isInfarct ? plane[pixel] !== 0 : plane[pixel] === segment) {
        const bit = start + pixel;
        packed[bit >>> 3] |= 1 << (bit & 7);
      }
    }
  });
  return packed;
}

/** Calls `visit` with every set pixel of one frame of packed pixel data. */
export function visitFramePixels(
  packed: Uint8Array,
  frame: number,
  pixelsPerFrame: number,
  visit: (pixel: number) => void
): void {
  const start = frame * pixelsPerFrame;
  for (let pixel = 0; pixel < pixelsPerFrame; pixel++) {
    const bit = start + pixel;
    if (packed[bit >>> 3] & (1 << (bit & 7))) {
      visit(pixel);
    }
  }
}
