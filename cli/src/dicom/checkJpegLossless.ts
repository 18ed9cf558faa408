import type { FrameShape } from './frameShape';

/** Markers of a JPEG stream (ITU-T T.81, table B.1). */
const SOF3 = 0xc3;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
/** The predictor whose halves the decoder does not round, so that its samples drift. */
const MEAN_PREDICTOR = 7;
/** The decoder stops at the end of the end marker, or as many bytes away from it. */
const MARKER_BYTES = 1;
const RESEND = 'have the series sent uncompressed or with selection value 1';

/**
 * What the decoder does not look at itself: whether the stream is whole, of the size that the header says,
 * and of a kind that it decodes rightly.
 *
 * @throws Error saying what is wrong
 */
export function checkJpegLossless(stream: Uint8Array, { rows, columns }: FrameShape): void {
  const frame = segment(stream, SOF3);
  const scan = segment(stream, START_OF_SCAN);
  if (!frame || !scan) {
    throw new Error('the stream is no lossless JPEG');
  }
  const [height, width, components] = [(frame[1] << 8) | frame[2], (frame[3] << 8) | frame[4], frame[5]];
  if (width !== columns || height !== rows || components !== 1) {
    throw new Error(
      `the stream holds ${width} x ${height} x ${components} samples, the header says ${columns} x ${rows} x 1`
    );
  }
  const predictor = scan[1 + 2 * scan[0]];
  const pointTransform = scan[3 + 2 * scan[0]] & 0x0f;
  if (pointTransform > 0 || predictor === MEAN_PREDICTOR) {
    throw new Error(
      pointTransform > 0
        ? `JPEG lossless with point transform ${pointTransform}, which is not supported: ${RESEND}`
        : `JPEG lossless with selection value 7, which is not supported: ${RESEND}`
    );
  }
  if (endOf(stream) === 0) {
    throw new Error('the stream ends early');
  }
}

/** Where the decoder has come to: the next pixel, and the next byte. */
export interface DecoderPlace {
  readonly xLoc: number;
  readonly yLoc: number;
  /** Not 0 where it has read the marker after the image and not yet come to it. */
  readonly markerIndex: number;
  readonly stream: { readonly index: number };
}

/**
 * After decoding: whether the stream was used up with the last pixel. A changed bit mostly gives codes of
 * another length, and then too few or too many pixels.
 *
 * @returns whether the decoder left the last pixel out, as it does where that is the predicted one (as in
 *   padded corners) and its code ends with the last byte before the end marker
 * @throws Error saying what is wrong
 */
export function checkUsedUp(
  { xLoc, yLoc, markerIndex, stream }: DecoderPlace,
  encoded: Uint8Array,
  { rows, columns }: FrameShape
): boolean {
  const lacksLast = yLoc === rows - 1 && xLoc === columns - 1;
  if (!lacksLast && (yLoc !== rows || xLoc !== 0)) {
    throw new Error(`the stream is damaged: it ends in row ${yLoc + 1} of ${rows}`);
  }
  if (markerIndex !== 0 || Math.abs(stream.index - endOf(encoded)) > MARKER_BYTES) {
    throw new Error('the stream is damaged: it does not end with the last pixel');
  }
  return lacksLast;
}

/**
 * Content of the first segment with a marker, after its length; undefined where there is none before
 * the image data.
 */
function segment(stream: Uint8Array, marker: number): Uint8Array | undefined {
  for (let at = 2; at + 4 <= stream.length && stream[at] === 0xff;) {
    const length = (stream[at + 2] << 8) | stream[at + 3];
    if (stream[at + 1] === marker) {
      return stream.subarray(at + 4, at + 2 + length);
    }
    if (stream[at + 1] === START_OF_SCAN || length < 2) {
      return undefined;
    }
    at += 2 + length;
  }
  return undefined;
}

/**
 * Length of a stream to the end of its last marker, End of Image, which bytes of padding may follow (PS3.5
 * A.4); 0 where it is cut off.
 */
function endOf(stream: Uint8Array): number {
  let last = stream.length - 1;
  while (last > 0 && (stream[last] === 0 || stream[last] === 0xff)) {
    last--;
  }
  return stream[last] === END_OF_IMAGE && stream[last - 1] === 0xff ? last + 1 : 0;
}
