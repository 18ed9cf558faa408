import { inflateRawSync } from 'node:zlib';
import { parseDicom, type DataSet } from 'dicom-parser';
import { EXPLICIT_BIG_ENDIAN, EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN } from './transferSyntax';

export interface OpenedDicom {
  readonly dataSet: DataSet;
  readonly transferSyntaxUID: string;
}

const PREAMBLE_BYTES = 128;
/** The element that ends a header. */
export const PIXEL_DATA = 'x7fe00010';
/** Value representations that a first element of group 0008 can have. */
const FIRST_VALUE_REPRESENTATIONS = new Set(['UL', 'CS', 'SH', 'LO', 'UI', 'DA', 'TM', 'DT']);

/**
 * Parses DICOM bytes: Part 10 files, files whose preamble or whole meta header is missing, any byte order, deflated.
 *
 * @param headerOnly stops before the pixels; `bytes` may then be the first part of a file.
 * @returns undefined where the bytes are not DICOM. Throws where they are, but are damaged or (with `headerOnly`) too few.
 */
export function openDicom(bytes: Uint8Array, headerOnly = false): OpenedDicom | undefined {
  const form = recogniseForm(bytes);
  if (!form) {
    return undefined;
  }
  const dataSet = parseOrThrow(form.bytes, {
    ...(form.transferSyntaxUID ? { TransferSyntaxUID: form.transferSyntaxUID } : {}),
    ...(headerOnly ? { untilTag: PIXEL_DATA } : {}),
    inflater: inflateAfter,
  });
  const transferSyntaxUID = form.transferSyntaxUID ?? dataSet.string('x00020010') ?? IMPLICIT_LITTLE_ENDIAN;
  return { dataSet, transferSyntaxUID };
}

type ParseOptions = Parameters<typeof parseDicom>[1] & {
  inflater: (bytes: Uint8Array, position: number) => Uint8Array;
};

/** dicom-parser throws strings, Errors and objects that wrap either: one kind of error leaves this function. */
function parseOrThrow(bytes: Uint8Array, options: ParseOptions): DataSet {
  try {
    return parseDicom(bytes, options);
  } catch (thrown) {
    const inner = (thrown as { exception?: unknown }).exception ?? thrown;
    throw new Error(`DICOM that cannot be parsed: ${inner instanceof Error ? inner.message : String(inner)}`);
  }
}

/** Deflated Explicit VR Little Endian (PS3.5 A.5): all after the meta header is one raw deflate stream. */
function inflateAfter(bytes: Uint8Array, position: number): Uint8Array {
  const inflated = inflateRawSync(bytes.subarray(position));
  const whole = new Uint8Array(position + inflated.length);
  whole.set(bytes.subarray(0, position));
  whole.set(inflated, position);
  return whole;
}

interface Form {
  readonly bytes: Uint8Array;
  /** Set where no meta header says it. */
  readonly transferSyntaxUID?: string;
}

function recogniseForm(bytes: Uint8Array): Form | undefined {
  if (asciiAt(bytes, PREAMBLE_BYTES, 4) === 'DICM') {
    return { bytes };
  }
  if (asciiAt(bytes, 0, 4) === 'DICM') {
    return { bytes: joined(new Uint8Array(PREAMBLE_BYTES), bytes) };
  }
  if (bytes.length < 16) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const representation = asciiAt(bytes, 4, 2);
  if (view.getUint16(0, true) === 0x0002 && representation === 'UL') {
    const prefix = new Uint8Array(PREAMBLE_BYTES + 4);
    prefix.set([0x44, 0x49, 0x43, 0x4d], PREAMBLE_BYTES);
    return { bytes: joined(prefix, bytes) };
  }
  return recogniseBareDataSet(bytes, view, representation);
}

/** A data set without any header starts with an early element of group 0008. */
function recogniseBareDataSet(bytes: Uint8Array, view: DataView, representation: string): Form | undefined {
  const startsLittle = view.getUint16(0, true) === 0x0008 && view.getUint16(2, true) <= 0x0060;
  const startsBig = view.getUint16(0, false) === 0x0008 && view.getUint16(2, false) <= 0x0060;
  if (FIRST_VALUE_REPRESENTATIONS.has(representation) && (startsLittle || startsBig)) {
    return { bytes, transferSyntaxUID: startsLittle ? EXPLICIT_LITTLE_ENDIAN : EXPLICIT_BIG_ENDIAN };
  }
  const length = view.getUint32(4, true);
  if (startsLittle && length <= 256 && length % 2 === 0) {
    return { bytes, transferSyntaxUID: IMPLICIT_LITTLE_ENDIAN };
  }
  return undefined;
}

function asciiAt(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
