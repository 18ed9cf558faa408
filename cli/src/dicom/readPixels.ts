import {
  readEncapsulatedImageFrame,
  readEncapsulatedPixelDataFromFragments,
  type DataSet,
  type Element,
} from 'dicom-parser';
import { Refusal, storedValuesToHu } from '@deep-aspects/aspects/series';
import type { FrameDecoder } from './decoders';
import { rescaleNumber } from './metadata';
import type { OpenedDicom } from './openDicom';
import { EXPLICIT_BIG_ENDIAN, pixelEncodingOf } from './transferSyntax';

type Samples = Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array;

/**
 * Rows and columns of the finest head CT are a quarter of this; decoders take memory for what a header says.
 */
const MAX_MATRIX = 4096;

/** How the samples lie in memory (PS3.3 C.7.6.3). */
interface PixelModule {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly pixelRepresentation: 0 | 1;
}

/** A frame of a multi-frame instance: its number, from 0, and the rescale of its functional groups. */
export interface FrameSelection {
  readonly index: number;
  readonly slope?: number;
  readonly intercept?: number;
}

/**
 * The pixels of a CT instance, or of one frame of it, in HU, row-major.
 *
 * @param decode the decoder for the instance's transfer syntax (see `frameDecoder`)
 * @param frame needed for a multi-frame instance
 * @throws Refusal `CORRUPT_PIXELS` where pixels are absent, short, damaged or of an unknown shape
 */
export function readHu(opened: OpenedDicom, decode: FrameDecoder, frame?: FrameSelection): Int16Array {
  const { dataSet } = opened;
  const module = pixelModule(dataSet);
  const paddingTag = (tag: string) =>
    module.pixelRepresentation === 1 ? dataSet.int16(tag) : dataSet.uint16(tag);
  const padding = paddingTag('x00280120');
  const slope = frame?.slope ?? rescaleNumber(dataSet, 'x00281053');
  const intercept = frame?.intercept ?? rescaleNumber(dataSet, 'x00281052');
  if (Number.isNaN(slope) || Number.isNaN(intercept)) {
    throw corrupt(opened, 'has a Rescale Slope or Intercept (0028,1053), (0028,1052) that is no number');
  }
  const samples = readSamples(opened, module, decode, frame?.index, padding);
  return storedValuesToHu({
    stored: samples,
    slope,
    intercept,
    padding,
    paddingRangeLimit: paddingTag('x00280121'),
    photometric: dataSet.string('x00280004')?.trim(),
    bitsStored: module.bitsStored,
    pixelRepresentation: module.pixelRepresentation,
    rows: module.rows,
    columns: module.columns,
  });
}

/**
 * Stored values with their sign resolved and bits outside `bitsStored` (old overlays) cleared,
 * but for padding.
 */
function readSamples(
  opened: OpenedDicom,
  module: PixelModule,
  decode: FrameDecoder,
  frameIndex?: number,
  padding?: number
): Samples {
  const bytesPerSample = module.bitsAllocated / 8;
  const needed = module.rows * module.columns * bytesPerSample;
  const bytes = decodedBytes(opened, module, decode, frameIndex, needed);
  if (bytes.length < needed) {
    throw corrupt(opened, `holds ${bytes.length} bytes of pixels where ${needed} are needed`);
  }
  const swapped = opened.transferSyntaxUID === EXPLICIT_BIG_ENDIAN && bytesPerSample > 1;
  const aligned = new Uint8Array(bytes.subarray(0, needed));
  if (swapped) {
    swapBytes(aligned, bytesPerSample);
  }
  return resolveSign(aligned.buffer, module, padding);
}

function pixelModule(dataSet: DataSet): PixelModule {
  const bitsAllocated = dataSet.uint16('x00280100') ?? 16;
  const bitsStored = dataSet.uint16('x00280101') ?? bitsAllocated;
  const module = {
    rows: dataSet.uint16('x00280010') ?? 0,
    columns: dataSet.uint16('x00280011') ?? 0,
    bitsAllocated,
    bitsStored,
    highBit: dataSet.uint16('x00280102') ?? bitsStored - 1,
    pixelRepresentation: (dataSet.uint16('x00280103') === 1 ? 1 : 0) as 0 | 1,
  };
  const known = [8, 16, 32].includes(bitsAllocated) && bitsStored >= 1 && bitsStored <= bitsAllocated;
  if (
    !known ||
    module.rows * module.columns === 0 ||
    module.highBit >= bitsAllocated ||
    module.highBit < bitsStored - 1 ||
    Math.max(module.rows, module.columns) > MAX_MATRIX
  ) {
    throw new Refusal(
      'CORRUPT_PIXELS',
      `Slice ${dataSet.string('x00080018')}: Rows, Columns, Bits Allocated, Bits Stored and High Bit do not fit together; export the series again.`,
      { ...module, sopInstanceUID: dataSet.string('x00080018') }
    );
  }
  return module;
}

function decodedBytes(
  opened: OpenedDicom,
  module: PixelModule,
  decode: FrameDecoder,
  frameIndex: number | undefined,
  frameBytes: number
): Uint8Array {
  const { dataSet } = opened;
  const element = dataSet.elements.x7fe00010;
  if (!element) {
    throw corrupt(opened, 'has no Pixel Data (7FE0,0010)');
  }
  const native = pixelEncodingOf(opened.transferSyntaxUID) === 'native';
  const encapsulated = element.encapsulatedPixelData === true;
  if (native === encapsulated) {
    throw corrupt(
      opened,
      `does not encode its pixels as its transfer syntax ${opened.transferSyntaxUID} says`
    );
  }
  if (native) {
    const { byteArray } = dataSet;
    const start = element.dataOffset + (frameIndex ?? 0) * frameBytes;
    return byteArray.subarray(start, element.dataOffset + element.length);
  }
  try {
    return decode(encapsulatedStream(dataSet, element, frameIndex), module);
  } catch (cause) {
    throw corrupt(
      opened,
      `cannot be decompressed: ${cause instanceof Error ? cause.message : String(cause)}`
    );
  }
}

/**
 * All fragments of a single-frame image are one stream (PS3.5 A.4). The frames of a multi-frame one have a
 * fragment each, or a Basic Offset Table that tells where they begin.
 */
function encapsulatedStream(dataSet: DataSet, element: Element, frameIndex: number | undefined): Uint8Array {
  const count = element.fragments?.length ?? 0;
  if (!count) {
    throw new Error('the Pixel Data has no fragment');
  }
  if (frameIndex === undefined) {
    return new Uint8Array(readEncapsulatedPixelDataFromFragments(dataSet, element, 0, count));
  }
  if (Number(dataSet.string('x00280008')) === count) {
    return new Uint8Array(readEncapsulatedPixelDataFromFragments(dataSet, element, frameIndex, 1));
  }
  if (!element.basicOffsetTable?.length) {
    throw new Error('frames of several fragments without a Basic Offset Table');
  }
  return new Uint8Array(readEncapsulatedImageFrame(dataSet, element, frameIndex));
}

/**
 * Moves the stored bits to the top of the word and back: the way down extends the sign or clears what was
 * above. Padding that needs more than the stored bits (-3024 in 12 bits) is left as it is: cut to them it
 * would look like bone or brain.
 */
function resolveSign(buffer: ArrayBuffer, module: PixelModule, padding: number | undefined): Samples {
  const signed = module.pixelRepresentation === 1;
  const up = module.bitsAllocated - 1 - module.highBit;
  const down = module.bitsAllocated - module.bitsStored;
  const samples = viewOf(buffer, module.bitsAllocated, signed);
  const least = signed ? -(2 ** (module.bitsStored - 1)) : 0;
  const fits = padding === undefined || (padding >= least && padding < least + 2 ** module.bitsStored);
  if (down > 0) {
    for (let i = 0; i < samples.length; i++) {
      if (!fits && samples[i] === padding) {
        continue;
      }
      // The store into the typed array cuts the shifted value to its width, signed or not.
      samples[i] = samples[i] << up;
      samples[i] = signed ? samples[i] >> down : samples[i] >>> down;
    }
  }
  return samples;
}

function viewOf(buffer: ArrayBuffer, bits: number, signed: boolean): Samples {
  if (bits === 8) {
    return signed ? new Int8Array(buffer) : new Uint8Array(buffer);
  }
  if (bits === 16) {
    return signed ? new Int16Array(buffer) : new Uint16Array(buffer);
  }
  return signed ? new Int32Array(buffer) : new Uint32Array(buffer);
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let start = 0; start < bytes.length; start += width) {
    bytes.subarray(start, start + width).reverse();
  }
}

function corrupt(opened: OpenedDicom, problem: string): Refusal {
  const sopInstanceUID = opened.dataSet.string('x00080018') ?? '';
  return new Refusal(
    'CORRUPT_PIXELS',
    `Slice ${sopInstanceUID} ${problem}; send or export the series again.`,
    {
      sopInstanceUID,
      transferSyntaxUID: opened.transferSyntaxUID,
    }
  );
}
