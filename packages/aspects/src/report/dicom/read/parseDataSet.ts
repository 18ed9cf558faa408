import {
  bigEndianByteArrayParser,
  ByteStream,
  DataSet,
  littleEndianByteArrayParser,
  parseDicomDataSetExplicit,
  parseDicomDataSetImplicit,
  readPart10Header,
} from 'dicom-parser';

const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const EXPLICIT_BIG_ENDIAN = '1.2.840.10008.1.2.2';
/** Of 16 bits: group, element number and, where it is so short, the length. */
const READS_PER_ELEMENT = 3;

export interface ParseDataSetOptions {
  /** Elements, those within sequences and the items of these among them. */
  readonly maxElements: number;
  /** The whole of a deflated file, from its bytes and the number of them before the deflated ones. */
  readonly inflate: (bytes: Uint8Array, start: number) => Uint8Array;
  /** Of bytes without file meta information. */
  readonly transferSyntaxUID?: string;
  /** `xggggeeee`: the element at which reading ends. */
  readonly untilTag?: string;
}

/**
 * What dicom-parser's `parseDicom` gives, but that it stops at `maxElements`: parsed, an element takes a
 * hundred times its bytes, and a few kilobytes of deflated ones all the memory. The parser offers no stop
 * within a sequence but its reader of numbers. Throws an `Error` where the bytes are no DICOM, or damaged.
 */
export function parseDataSet(bytes: Uint8Array, options: ParseDataSetOptions): DataSet {
  try {
    return parse(bytes, options);
  } catch (thrown) {
    // dicom-parser throws strings, too.
    throw thrown instanceof Error ? thrown : new Error(String(thrown));
  }
}

function parse(
  bytes: Uint8Array,
  { maxElements, inflate, transferSyntaxUID, untilTag = '' }: ParseDataSetOptions
) {
  const meta = readMeta(bytes, transferSyntaxUID);
  const syntax = transferSyntaxUID ?? meta.string('x00020010');
  const start = meta.position ?? 0;
  const plain = syntax === EXPLICIT_BIG_ENDIAN ? bigEndianByteArrayParser : littleEndianByteArrayParser;
  let reads = 0;
  const reader = {
    ...plain,
    readUint16(from: Uint8Array, position: number) {
      reads += 1;
      if (reads > READS_PER_ELEMENT * maxElements) {
        throw new Error(`more than ${maxElements} elements`);
      }
      return plain.readUint16(from, position);
    },
  };
  const stream = new ByteStream(reader, syntax === DEFLATED ? inflate(bytes, start) : bytes, start);
  const dataSet = new DataSet(reader, stream.byteArray, { ...meta.elements });
  dataSet.warnings = stream.warnings;
  const readElements =
    syntax === IMPLICIT_LITTLE_ENDIAN ? parseDicomDataSetImplicit : parseDicomDataSetExplicit;
  readElements(dataSet, stream, stream.byteArray.length, { untilTag });
  // The data set goes on using its reader.
  reader.readUint16 = plain.readUint16;
  return dataSet;
}

/** The file meta information, and where it ends; neither where `transferSyntaxUID` stands for it. */
function readMeta(bytes: Uint8Array, transferSyntaxUID: string | undefined) {
  const options = { TransferSyntaxUID: transferSyntaxUID, untilTag: '' };
  const meta = readPart10Header(bytes, options) as DataSet & { readonly position?: number };
  if (!meta.elements.x00020010) {
    throw new Error('the file meta information names no transfer syntax');
  }
  return meta;
}
