import { inflateRawSync } from 'node:zlib';
import type { DataSet } from 'dicom-parser';
import { parseDataSet } from '@deep-aspects/aspects/report';
import { EXPLICIT_BIG_ENDIAN, EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN } from './transferSyntax';

export interface OpenedDicom {
  readonly dataSet: DataSet;
  readonly transferSyntaxUID: string;
}

const PREAMBLE_BYTES = 128;
/** How the parser says that a length leads past the end of the file. */
const OVERRUN = /buffer overrun|attempt to read past end/;
const OVERRUN_WORDS = 'an element or a delimiter says to be longer than the rest of the file';
/** Twice the largest Enhanced CT of a head. */
const MAX_INFLATED_BYTES = 512 * 2 ** 20;
/** Of a data set and all its sequences; an Enhanced CT has about 60 a frame. */
const MAX_ELEMENTS = 500_000;
/** The element that ends a header. */
export const PIXEL_DATA = 'x7fe00010';
/** Value representations that a first element of the meta header can have. */
const META_REPRESENTATIONS = new Set(['UL', 'OB', 'UI']);
/** Transfer syntaxes that are told apart by the first bytes, whatever a meta header says. */
const PLAIN_SYNTAXES = [IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN, EXPLICIT_BIG_ENDIAN];
/** Value representations that a first element of group 0008 can have. */
const FIRST_VALUE_REPRESENTATIONS = new Set(['UL', 'CS', 'SH', 'LO', 'UI', 'DA', 'TM', 'DT']);

/**
 * Parses DICOM bytes: Part 10 files, files whose preamble or whole meta header is missing or names another of
 * the uncompressed transfer syntaxes, any byte order, deflated.
 *
 * @param headerOnly stops before the pixels; `bytes` may then be the first part of a file.
 * @returns undefined where the bytes are not DICOM. Throws where they are, but are damaged or (with
 *   `headerOnly`) too few.
 */
export function openDicom(bytes: Uint8Array, headerOnly = false): OpenedDicom | undefined {
  const form = recogniseForm(bytes);
  if (!form) {
    return undefined;
  }
  const dataSet = parseOrThrow(form.bytes, {
    transferSyntaxUID: form.transferSyntaxUID,
    ...(headerOnly ? { untilTag: PIXEL_DATA } : {}),
    maxElements: MAX_ELEMENTS,
    inflate: inflateAfter,
  });
  const transferSyntaxUID = form.transferSyntaxUID ?? dataSet.string('x00020010') ?? IMPLICIT_LITTLE_ENDIAN;
  return { dataSet, transferSyntaxUID };
}

function parseOrThrow(bytes: Uint8Array, options: Parameters<typeof parseDataSet>[1]): DataSet {
  try {
    return parseDataSet(bytes, options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`DICOM that cannot be parsed: ${OVERRUN.test(reason) ? OVERRUN_WORDS : reason}`);
  }
}

/** Deflated Explicit VR Little Endian (PS3.5 A.5): all after the meta header is one raw deflate stream. */
function inflateAfter(bytes: Uint8Array, position: number): Uint8Array {
  const inflated = inflateRawSync(bytes.subarray(position), { maxOutputLength: MAX_INFLATED_BYTES });
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
  const whole = withPreamble(bytes);
  if (!whole) {
    return recogniseBareDataSet(bytes);
  }
  const { end, transferSyntaxUID } = readMetaHeader(whole);
  const isPlain = transferSyntaxUID === undefined || PLAIN_SYNTAXES.includes(transferSyntaxUID);
  const bare = isPlain ? recogniseBareDataSet(whole.subarray(end)) : undefined;
  return bare && bare.transferSyntaxUID !== transferSyntaxUID ? bare : { bytes: whole };
}

/** Value representations whose length takes four bytes after two reserved ones (PS3.5 7.1.2). */
const LONG_REPRESENTATIONS = ['OB', 'OW', 'OF', 'OD', 'OL', 'SQ', 'UC', 'UR', 'UT', 'UN'];

/** Where the meta header ends, and what it says of the data set behind it. */
function readMetaHeader(bytes: Uint8Array): { readonly end: number; readonly transferSyntaxUID?: string } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let transferSyntaxUID: string | undefined;
  let at = PREAMBLE_BYTES + 4;
  while (at + 12 <= bytes.length && view.getUint16(at, true) === 0x0002) {
    const isLong = LONG_REPRESENTATIONS.includes(asciiAt(bytes, at + 4, 2));
    const start = at + (isLong ? 12 : 8);
    const length = isLong ? view.getUint32(at + 8, true) : view.getUint16(at + 6, true);
    if (view.getUint16(at + 2, true) === 0x0010) {
      transferSyntaxUID = asciiAt(bytes, start, Math.min(length, 64)).replace(/[\0 ]+$/, '') || undefined;
    }
    at = start + length;
  }
  return { end: Math.min(at, bytes.length), transferSyntaxUID };
}

/**
 * A Part 10 file as it should be, where preamble or prefix are missing; undefined where there is
 * no meta header.
 */
function withPreamble(bytes: Uint8Array): Uint8Array | undefined {
  if (asciiAt(bytes, PREAMBLE_BYTES, 4) === 'DICM') {
    return bytes;
  }
  if (asciiAt(bytes, 0, 4) === 'DICM') {
    return joined(new Uint8Array(PREAMBLE_BYTES), bytes);
  }
  if (asciiAt(bytes, 0, 2) === '\x02\x00' && META_REPRESENTATIONS.has(asciiAt(bytes, 4, 2))) {
    const prefix = new Uint8Array(PREAMBLE_BYTES + 4);
    prefix.set([0x44, 0x49, 0x43, 0x4d], PREAMBLE_BYTES);
    return joined(prefix, bytes);
  }
  return undefined;
}

/** A data set without any header starts with an early element of group 0008. */
function recogniseBareDataSet(bytes: Uint8Array): Form | undefined {
  if (bytes.length < 16) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const representation = asciiAt(bytes, 4, 2);
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
