import type { FrameShape } from './frameShape';

const HEADER_BYTES = 64;

/**
 * RLE Lossless (PS3.5 annex G): one PackBits segment for each byte of the sample, the most significant first.
 * Gives little-endian samples. Throws where a segment is missing, damaged or short.
 */
export function decodeRle(encoded: Uint8Array, shape: FrameShape): Uint8Array {
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  if (encoded.length < HEADER_BYTES) {
    throw new Error('the RLE header is cut short');
  }
  const bytesPerSample = shape.bitsAllocated / 8;
  const segments = view.getUint32(0, true);
  if (segments !== bytesPerSample) {
    throw new Error(`${segments} RLE segments, where ${bytesPerSample} are needed for one sample a pixel`);
  }
  const pixels = shape.rows * shape.columns;
  const out = new Uint8Array(pixels * bytesPerSample);
  for (let segment = 0; segment < segments; segment++) {
    const start = view.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < segments ? view.getUint32(8 + 4 * segment, true) : encoded.length;
    unpackSegment(encoded.subarray(start, end), out, bytesPerSample - 1 - segment, bytesPerSample, pixels);
  }
  return out;
}

/**
 * PackBits: 0..127 copies that many bytes and one more, 129..255 repeats the next byte 257 - n times,
 * 128 does nothing.
 */
function unpackSegment(
  packed: Uint8Array,
  out: Uint8Array,
  first: number,
  step: number,
  count: number
): void {
  let read = 0;
  let written = 0;
  while (written < count) {
    if (read >= packed.length) {
      throw new Error(`an RLE segment ends after ${written} of ${count} bytes`);
    }
    const control = packed[read++];
    if (control < 128) {
      for (let i = 0; i <= control && written < count; i++) {
        out[first + step * written++] = packed[read++];
      }
    } else if (control > 128) {
      const value = packed[read++];
      for (let i = 0; i < 257 - control && written < count; i++) {
        out[first + step * written++] = value;
      }
    }
  }
  // Padding to an even length, or to whatever an encoder likes.
  if (read > packed.length || packed.subarray(read + 1).some(byte => byte !== 0)) {
    throw new Error('an RLE segment is damaged: it does not end with the last pixel');
  }
}
