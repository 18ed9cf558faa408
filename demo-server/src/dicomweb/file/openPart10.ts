import { inflateRawSync } from 'node:zlib';
import type { DataSet, Element } from 'dicom-parser';
import { parseDataSet } from '@deep-aspects/aspects/report';
import { MAX_ELEMENTS, MAX_HEADER_BYTES, MAX_INSTANCE_BYTES } from '../limits';
import { NotDicomError } from './notDicomError';

export const DEFLATED = '1.2.840.10008.1.2.1.99';
export const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
const PIXEL_DATA = 'x7fe00010';

export interface Part10 {
  /** All elements before the pixels, those of the file meta information among them. */
  readonly dataSet: DataSet;
  readonly transferSyntaxUID: string;
  /** The file; of a deflated one its inflated form. */
  readonly bytes: Buffer;
  /** Where the pixels' element starts, or the data set ends, in `bytes`. */
  readonly headerLength: number;
  /** Pixel Data (7FE0,0010), found but not read. */
  readonly pixels?: Element;
}

/** Whether bytes start as a DICOM file does (PS3.10 7.1); 132 of them are enough to tell. */
export function isPart10(bytes: Buffer): boolean {
  return bytes.length >= 132 && bytes.toString('latin1', 128, 132) === 'DICM';
}

/**
 * Parses a DICOM file as far as its pixels. Throws `NotDicomError` where it is none, is damaged, cut
 * off or too large.
 */
export function openPart10(file: Buffer): Part10 {
  if (!isPart10(file)) {
    throw new NotDicomError('not a DICOM file: the DICM mark is missing');
  }
  if (file.length > MAX_INSTANCE_BYTES) {
    throw new NotDicomError(`larger than the ${MAX_INSTANCE_BYTES / 2 ** 20} MiB that this store takes`);
  }
  let bytes = file;
  const inflate = (_: Uint8Array, metaLength: number) => {
    bytes = inflated(file, metaLength);
    return bytes.subarray(0, MAX_HEADER_BYTES);
  };
  const dataSet = parse(file.subarray(0, MAX_HEADER_BYTES), inflate);
  const pixels = dataSet.elements[PIXEL_DATA];
  const transferSyntaxUID = dataSet.string('x00020010') ?? '';
  const elementHeader = transferSyntaxUID === IMPLICIT_LITTLE_ENDIAN ? 8 : 12;
  return {
    dataSet,
    transferSyntaxUID,
    bytes,
    headerLength: pixels ? pixels.dataOffset - elementHeader : bytes.length,
    pixels,
  };
}

/**
 * Deflated Explicit VR Little Endian (PS3.5 A.5): all after the meta information is one raw deflate stream.
 */
function inflated(file: Buffer, metaLength: number): Buffer {
  const maxOutputLength = MAX_INSTANCE_BYTES - metaLength;
  return Buffer.concat([
    file.subarray(0, metaLength),
    inflateRawSync(file.subarray(metaLength), { maxOutputLength }),
  ]);
}

function parse(bytes: Buffer, inflate: (bytes: Uint8Array, metaLength: number) => Uint8Array): DataSet {
  try {
    const dataSet = parseDataSet(bytes, { maxElements: MAX_ELEMENTS, untilTag: PIXEL_DATA, inflate });
    // What ends within an open sequence is only a warning to the parser.
    const cutOff = dataSet.warnings.find(warning => /\beof\b/.test(warning));
    if (cutOff) {
      throw new Error(cutOff);
    }
    return dataSet;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NotDicomError(`damaged DICOM file or one with an over-long header: ${reason}`);
  }
}
