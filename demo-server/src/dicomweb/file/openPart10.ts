import { inflateRawSync } from 'node:zlib';
import {
  bigEndianByteArrayParser,
  ByteStream,
  parseDicomDataSetExplicit,
  parseDicomDataSetImplicit,
  readPart10Header,
  type DataSet,
  type Element,
} from 'dicom-parser';
import { MAX_ELEMENTS, MAX_HEADER_BYTES, MAX_INSTANCE_BYTES } from '../limits';
import { NotDicomError } from './notDicomError';

export const DEFLATED = '1.2.840.10008.1.2.1.99';
export const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
const PIXEL_DATA = 'x7fe00010';
/** Of 16 bits: group, element number and, where it is so short, the length. */
const READS_PER_ELEMENT = 3;

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
  const { dataSet, bytes } = parse(file);
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

function parse(file: Buffer): { dataSet: DataSet; bytes: Buffer } {
  try {
    // Its elements are read into it, so that it becomes the whole data set.
    const dataSet = readPart10Header(file.subarray(0, MAX_HEADER_BYTES)) as DataSet & { position: number };
    const transferSyntaxUID = dataSet.string('x00020010');
    if (!transferSyntaxUID) {
      throw new Error('its transfer syntax is missing');
    }
    const bytes = transferSyntaxUID === DEFLATED ? inflated(file, dataSet.position) : file;
    dataSet.byteArray = bytes.subarray(0, MAX_HEADER_BYTES);
    if (transferSyntaxUID === BIG_ENDIAN) {
      dataSet.byteArrayParser = bigEndianByteArrayParser;
    }
    readElements(dataSet, transferSyntaxUID === IMPLICIT_LITTLE_ENDIAN);
    return { dataSet, bytes };
  } catch (thrown) {
    throw new NotDicomError(`damaged DICOM file or one with an over-long header: ${reasonOf(thrown)}`);
  }
}
/**
 * Reads on from the meta information up to the pixels. Elements are counted wherever they nest, since each
 * costs about a hundred times its bytes, and the parser cannot be stopped within a sequence but by its reader.
 */
function readElements(dataSet: DataSet & { position: number }, isImplicit: boolean): void {
  const { byteArrayParser } = dataSet;
  let reads = 0;
  const counting = {
    ...byteArrayParser,
    readUint16(bytes: Uint8Array, position: number) {
      reads += 1;
      if (reads > READS_PER_ELEMENT * MAX_ELEMENTS) {
        throw new Error(`more than ${MAX_ELEMENTS} elements`);
      }
      return byteArrayParser.readUint16(bytes, position);
    },
  };
  const stream = new ByteStream(counting, dataSet.byteArray, dataSet.position);
  const read = isImplicit ? parseDicomDataSetImplicit : parseDicomDataSetExplicit;
  dataSet.warnings = stream.warnings;
  read(dataSet, stream, stream.byteArray.length, { untilTag: PIXEL_DATA });
  // What nests keeps the reader and goes on using it.
  counting.readUint16 = byteArrayParser.readUint16;
  // What ends within an open sequence is only a warning to the parser.
  const cutOff = dataSet.warnings.find(warning => /\beof\b/.test(warning));
  if (cutOff) {
    throw new Error(cutOff);
  }
}

/** dicom-parser throws strings, Errors and objects that wrap either. */
function reasonOf(thrown: unknown): string {
  const inner = (thrown as { exception?: unknown } | null)?.exception ?? thrown;
  return inner instanceof Error ? inner.message : String(inner);
}
