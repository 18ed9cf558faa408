import type { FrameShape } from './frameShape';
import type { PixelEncoding } from './transferSyntax';
import { checkJpegLossless } from './checkJpegLossless';
import { decodeRle } from './rle';

/** Turns one encoded frame into little-endian samples of `bitsAllocated` bits; throws on a damaged stream. */
export type FrameDecoder = (encoded: Uint8Array, shape: FrameShape) => Uint8Array;

/** The decoders chat on standard output, where only results belong. */
const SILENT = { print: () => undefined, printErr: () => undefined };

const started = new Map<PixelEncoding, Promise<FrameDecoder>>();

/**
 * The decoder for one pixel encoding. Starting it may compile WebAssembly and so is asynchronous, and done
 * once; the decoder itself is synchronous.
 */
export function frameDecoder(encoding: PixelEncoding): Promise<FrameDecoder> {
  let decoder = started.get(encoding);
  if (!decoder) {
    decoder = startDecoder(encoding);
    started.set(encoding, decoder);
  }
  return decoder;
}

async function startDecoder(encoding: PixelEncoding): Promise<FrameDecoder> {
  switch (encoding) {
    case 'native':
      return encoded => encoded;
    case 'rle':
      return decodeRle;
    case 'jpeg-lossless': {
      const { Decoder } = await import('jpeg-lossless-decoder-js');
      return (encoded, shape) => {
        checkJpegLossless(encoded, shape);
        return matchWidth(new Uint8Array(new Decoder().decompress(copyOf(encoded).buffer)), shape);
      };
    }
    case 'jpeg-baseline': {
      const module = await (
        await import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs')
      ).default(SILENT);
      return emscriptenDecoder(() => new module.JPEGDecoder());
    }
    case 'jpeg-ls': {
      const module = await (await import('@cornerstonejs/codec-charls/decodewasmjs')).default(SILENT);
      return emscriptenDecoder(() => new module.JpegLSDecoder());
    }
    case 'jpeg-2000': {
      const module = await (await import('@cornerstonejs/codec-openjpeg/decodewasmjs')).default(SILENT);
      return emscriptenDecoder(() => new module.J2KDecoder());
    }
    case 'htj2k': {
      const module = await (await import('@cornerstonejs/codec-openjph/wasmjs')).default(SILENT);
      return emscriptenDecoder(() => new module.HTJ2KDecoder());
    }
  }
}

function emscriptenDecoder(create: () => EmscriptenDecoder): FrameDecoder {
  return (encoded, shape) => {
    const decoder = create();
    try {
      decoder.getEncodedBuffer(encoded.length).set(encoded);
      decodeOrThrow(decoder);
      const info = decoder.getFrameInfo();
      if (info.width !== shape.columns || info.height !== shape.rows || info.componentCount !== 1) {
        throw new Error(
          `the stream holds ${info.width} x ${info.height} x ${info.componentCount} samples, the header says ${shape.columns} x ${shape.rows} x 1`
        );
      }
      return matchWidth(copyOf(decoder.getDecodedBuffer()), shape);
    } finally {
      decoder.delete();
    }
  };
}

/** C++ exceptions arrive as bare addresses. */
function decodeOrThrow(decoder: EmscriptenDecoder): void {
  try {
    decoder.decode();
  } catch (thrown) {
    throw thrown instanceof Error ? thrown : new Error('the stream is damaged');
  }
}

/** Streams of at most 8 bits decode to bytes; where 16 bits are allocated they are widened. */
function matchWidth(samples: Uint8Array, shape: FrameShape): Uint8Array {
  const pixels = shape.rows * shape.columns;
  if (shape.bitsAllocated === 16 && samples.length === pixels) {
    return new Uint8Array(Uint16Array.from(samples).buffer);
  }
  return samples;
}

function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
