import type { FrameShape } from './frameShape';
import type { PixelEncoding } from './transferSyntax';
import { checkJpegLossless, checkUsedUp } from './checkJpegLossless';
import { decodeRle } from './rle';

/** Turns one encoded frame into little-endian samples of `bitsAllocated` bits; throws on a damaged stream. */
export type FrameDecoder = (encoded: Uint8Array, shape: FrameShape) => Uint8Array;

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
        const decoder = new Decoder();
        const samples = new Uint8Array(decoder.decompress(copyOf(encoded).buffer));
        // Of selection value 1 the left neighbour is the prediction, of others in an even corner.
        if (checkUsedUp(decoder, encoded, shape)) {
          const width = samples.length / (shape.rows * shape.columns);
          samples.copyWithin(samples.length - width, samples.length - 2 * width, samples.length - width);
        }
        return matchWidth(samples, shape);
      };
    }
    case 'jpeg-baseline': {
      const { default: start } = await import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs');
      return emscriptenDecoder(encoding, start, ({ JPEGDecoder }) => new JPEGDecoder());
    }
    case 'jpeg-ls': {
      const { default: start } = await import('@cornerstonejs/codec-charls/decodewasmjs');
      return emscriptenDecoder(encoding, start, ({ JpegLSDecoder }) => new JpegLSDecoder());
    }
    case 'jpeg-2000': {
      const { default: start } = await import('@cornerstonejs/codec-openjpeg/decodewasmjs');
      return emscriptenDecoder(encoding, start, ({ J2KDecoder }) => new J2KDecoder());
    }
    case 'htj2k': {
      const { default: start } = await import('@cornerstonejs/codec-openjph/wasmjs');
      return emscriptenDecoder(encoding, start, ({ HTJ2KDecoder }) => new HTJ2KDecoder());
    }
  }
}

/** What OpenJPEG and OpenJPH print of a damaged stream, of which they then decode what there is. */
const COMPLAINT = /^\W*(error|warning)/i;

/**
 * A frame decoder of an Emscripten module. What the module prints is kept from standard output, where only
 * results belong. The module takes its options for itself, so that each has its own.
 */
async function emscriptenDecoder<Module>(
  encoding: PixelEncoding,
  start: (options: EmscriptenOptions) => Promise<Module>,
  create: (module: Module) => EmscriptenDecoder
): Promise<FrameDecoder> {
  let complaints: string[] = [];
  const listen = (line: string): void => {
    complaints.push(...(COMPLAINT.test(line) ? [line] : []));
  };
  const module = await start({ print: listen, printErr: listen });
  return (encoded, shape) => {
    complaints = [];
    let frame: DecodedFrame;
    try {
      frame = decodeFrame(create(module), encoded);
    } catch (thrown) {
      // C++ exceptions arrive as bare addresses. Whatever else it throws, the module's memory is spoilt, and
      // the next series has another.
      if (typeof thrown !== 'number') {
        started.delete(encoding);
      }
      throw new Error('the stream is damaged');
    }
    if (complaints.length > 0) {
      throw new Error(`the stream is damaged (${complaints.join('; ')})`);
    }
    const { width, height, componentCount } = frame.info;
    if (width !== shape.columns || height !== shape.rows || componentCount !== 1) {
      throw new Error(
        `the stream holds ${width} x ${height} x ${componentCount} samples, the header says ${shape.columns} x ${shape.rows} x 1`
      );
    }
    return matchWidth(frame.samples, shape);
  };
}

interface DecodedFrame {
  readonly info: EmscriptenFrameInfo;
  readonly samples: Uint8Array;
}

function decodeFrame(decoder: EmscriptenDecoder, encoded: Uint8Array): DecodedFrame {
  try {
    decoder.getEncodedBuffer(encoded.length).set(encoded);
    decoder.decode();
    return { info: decoder.getFrameInfo(), samples: copyOf(decoder.getDecodedBuffer()) };
  } finally {
    decoder.delete();
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
