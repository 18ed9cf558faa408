/**
 * The decoders ship without type declarations: here is what of them is used. Each default export starts one
 * Emscripten module; its decoder objects live in WebAssembly memory and must be deleted by hand.
 */
interface EmscriptenOptions {
  readonly print: (text: string) => void;
  readonly printErr: (text: string) => void;
}

interface EmscriptenFrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned?: boolean;
}

interface EmscriptenDecoder {
  /** Room for `length` encoded bytes in the module's memory. */
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getFrameInfo(): EmscriptenFrameInfo;
  /** View on the module's memory: to be copied before the decoder is deleted. */
  getDecodedBuffer(): Uint8Array;
  delete(): void;
}

declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  export default function start(
    options: EmscriptenOptions
  ): Promise<{ JpegLSDecoder: new () => EmscriptenDecoder }>;
}

declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  export default function start(
    options: EmscriptenOptions
  ): Promise<{ J2KDecoder: new () => EmscriptenDecoder }>;
}

/** With the encoder, for tests. */
declare module '@cornerstonejs/codec-openjpeg/wasmjs' {
  interface J2KEncoder {
    /** Room for the samples in the module's memory. */
    getDecodedBuffer(frame: EmscriptenFrameInfo): Uint8Array;
    setQuality(isLossless: boolean, ratio: number): void;
    encode(): void;
    getEncodedBuffer(): Uint8Array;
    delete(): void;
  }
  export default function start(options: EmscriptenOptions): Promise<{ J2KEncoder: new () => J2KEncoder }>;
}

declare module '@cornerstonejs/codec-openjph/wasmjs' {
  export default function start(
    options: EmscriptenOptions
  ): Promise<{ HTJ2KDecoder: new () => EmscriptenDecoder }>;
}

declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  export default function start(
    options: EmscriptenOptions
  ): Promise<{ JPEGDecoder: new () => EmscriptenDecoder }>;
}

declare module 'jpeg-lossless-decoder-js' {
  export class Decoder {
    /** Where it has come to. */
    readonly xLoc: number;
    readonly yLoc: number;
    readonly markerIndex: number;
    readonly stream: { readonly index: number };
    /** Decodes one JPEG (lossless process 14) stream; samples are 8 or 16 bits wide in the result. */
    decompress(buffer: ArrayBufferLike, offset?: number, length?: number): ArrayBuffer;
  }
}
