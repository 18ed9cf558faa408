import type { LabelMaps } from '../../../base/labelMaps';
import type { Steps } from '../../steps';
import {
  infarctClassOfSegment,
  INFARCT_SEGMENT,
  LAST_SEGMENT,
  segmentOfInfarctClass,
} from './segmentColours';

/** One frame of the SEG object: the voxels of one segment in one slice. */
export interface SegmentFrame {
  /** 1-20 regions (see `segmentIndexOf`), 21 acute infarct, 22 old infarct, 23 haemorrhage. */
  readonly segment: number;
  /** Index of the slice in the series. */
  readonly slice: number;
  /** The segment's pixels lie in `[firstPixel, endPixel)`; equal where the frame is empty. */
  readonly firstPixel: number;
  readonly endPixel: number;
}

/**
 * Which frames a SEG object of these masks has: one for each slice in which a segment has a voxel, segments
 * ascending, slices caudal to cranial within. Two empty masks give one empty frame of the infarct segment,
 * since an object without frames is not allowed (PS3.3 C.7.6.16: Number of Frames is at least 1).
 */
export function* segmentFrames(masks: LabelMaps): Steps<SegmentFrame[]> {
  const frames: SegmentFrame[] = [];
  for (let slice = 0; slice < masks.regions.length; slice++) {
    const ofRegion = (value: number) => (value < INFARCT_SEGMENT ? value : 0);
    frames.push(...framesOfPlane(masks.regions[slice], slice, ofRegion));
    frames.push(...framesOfPlane(masks.infarct[slice], slice, segmentOfInfarctClass));
    yield;
  }
  frames.sort((a, b) => a.segment - b.segment || a.slice - b.slice);
  return frames.length > 0 ? frames : [{ segment: INFARCT_SEGMENT, slice: 0, firstPixel: 0, endPixel: 0 }];
}

/** @param segmentOf Segment of a plane's value; 0 is background. */
function framesOfPlane(
  plane: Uint8Array,
  slice: number,
  segmentOf: (value: number) => number
): SegmentFrame[] {
  const first = new Int32Array(256).fill(-1);
  const last = new Int32Array(256);
  for (let pixel = 0; pixel < plane.length; pixel++) {
    const value = plane[pixel];
    if (value !== 0) {
      if (first[value] < 0) {
        first[value] = pixel;
      }
      last[value] = pixel;
    }
  }
  const ranges = new Map<number, SegmentFrame>();
  first.forEach((firstPixel, value) => {
    const segment = segmentOf(value);
    if (firstPixel >= 0 && segment >= 1 && segment <= LAST_SEGMENT) {
      const known = ranges.get(segment);
      ranges.set(segment, {
        segment,
        slice,
        firstPixel: Math.min(firstPixel, known?.firstPixel ?? firstPixel),
        endPixel: Math.max(last[value] + 1, known?.endPixel ?? 0),
      });
    }
  });
  return [...ranges.values()];
}

/**
 * Pixel data of the frames, one bit a pixel, the first pixel in the lowest bit, frames without gap between
 * them (PS3.5 8.1.1), padded to even length.
 */
export function* packFrames(
  masks: LabelMaps,
  frames: readonly SegmentFrame[],
  pixelsPerFrame: number
): Steps<Uint8Array<ArrayBuffer>> {
  const bytes = Math.ceil((frames.length * pixelsPerFrame) / 8);
  const packed = new Uint8Array(bytes + (bytes % 2));
  for (const [index, { segment, slice, firstPixel, endPixel }] of frames.entries()) {
    const infarctClass = infarctClassOfSegment(segment);
    const plane = infarctClass ? masks.infarct[slice] : masks.regions[slice];
    for (let pixel = firstPixel; pixel < endPixel; pixel++) {
      if (plane[pixel] === (infarctClass || segment)) {
        const bit = index * pixelsPerFrame + pixel;
        packed[bit >>> 3] |= 1 << (bit & 7);
      }
    }
    yield;
  }
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
  const end = start + pixelsPerFrame;
  for (let byte = start >>> 3; byte * 8 < end; byte++) {
    for (let bits = packed[byte], bit = byte * 8; bits !== 0; bits >>>= 1, bit++) {
      if (bits & 1 && bit >= start && bit < end) {
        visit(bit - start);
      }
    }
  }
}
