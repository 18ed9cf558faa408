import type { DcmjsDict, DcmjsElement } from 'dcmjs';
import type { Steps } from '../steps';
import type { ByteWriter } from './byteWriter';

/** Value representations with a reserved field and a length of 32 bits (PS3.5 7.1.2). */
const LONG = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'UC', 'UN', 'UR', 'UT']);

const UNDEFINED_LENGTH = 0xffffffff;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;

/** Little-endian bytes of one number, by value representation. */
const NUMBERS: Readonly<Record<string, (writer: ByteWriter, value: number) => void>> = {
  US: (writer, value) => writer.uint16(value),
  UL: (writer, value) => writer.uint32(value),
  FD: (writer, value) => writer.float64(value),
  AT: (writer, value) => {
    writer.uint16(value >>> 16);
    writer.uint16(value & 0xffff);
  },
};
const NUMBER_BYTES: Readonly<Record<string, number>> = { US: 2, UL: 4, FD: 8, AT: 4 };

/**
 * A dataset in Explicit VR Little Endian, UTF-8, sequences of undefined length (PS3.5 7). dcmjs's own writer
 * takes milliseconds for each small sequence, and a SEG has thousands; the dictionary that it writes from is
 * the same. Throws RangeError for values that the value representation cannot hold, and for one that this
 * project does not use.
 */
export function* encodeDataset(dict: DcmjsDict, writer: ByteWriter): Steps<void> {
  for (const tag of Object.keys(dict).sort()) {
    yield* encodeElement(tag, dict[tag], writer);
  }
}

function* encodeElement(tag: string, { vr, Value = [] }: DcmjsElement, writer: ByteWriter): Steps<void> {
  writer.uint16(parseInt(tag.slice(0, 4), 16));
  writer.uint16(parseInt(tag.slice(4), 16));
  writer.ascii(vr);
  if (vr === 'SQ') {
    yield* encodeItems(Value as DcmjsDict[], writer);
  } else if (vr in NUMBERS) {
    writer.uint16(Value.length * NUMBER_BYTES[vr]);
    Value.forEach(value => NUMBERS[vr](writer, numberOf(value, tag)));
  } else if (vr === 'OB' || vr === 'OW') {
    encodeBytes(new Uint8Array((Value[0] ?? new ArrayBuffer(0)) as ArrayBuffer), 0, vr, writer);
  } else if (/^(O[DFLV]|UN|FL|SL|SS|SV|UV)$/.test(vr)) {
    throw new RangeError(`${tag} has the value representation ${vr}, which is never written here`);
  } else {
    const text = new TextEncoder().encode(Value.map(String).join('\\'));
    encodeBytes(text, vr === 'UI' ? 0 : 0x20, vr, writer);
  }
}

function* encodeItems(items: readonly DcmjsDict[], writer: ByteWriter): Steps<void> {
  writer.uint16(0);
  writer.uint32(UNDEFINED_LENGTH);
  for (const item of items) {
    delimiter(ITEM, UNDEFINED_LENGTH, writer);
    yield* encodeDataset(item, writer);
    delimiter(ITEM_END, 0, writer);
    yield;
  }
  delimiter(SEQUENCE_END, 0, writer);
}

function delimiter(tag: number, length: number, writer: ByteWriter): void {
  writer.uint16(tag >>> 16);
  writer.uint16(tag & 0xffff);
  writer.uint32(length);
}

/** @param padding Byte that makes an odd length even. */
function encodeBytes(bytes: Uint8Array, padding: number, vr: string, writer: ByteWriter): void {
  const length = bytes.length + (bytes.length % 2);
  if (LONG.has(vr)) {
    writer.uint16(0);
    writer.uint32(length);
  } else if (length <= 0xfffe) {
    writer.uint16(length);
  } else {
    throw new RangeError(`A ${vr} holds at most 65534 bytes, not ${length}`);
  }
  writer.bytes(bytes);
  if (length > bytes.length) {
    writer.bytes(Uint8Array.of(padding));
  }
}

/** dcmjs's dictionaries hold some numbers as text. */
function numberOf(value: unknown, tag: string): number {
  const text = String(value);
  if (text.trim() === '' || !Number.isFinite(Number(text))) {
    throw new RangeError(`${tag} must be a number, not "${text}"`);
  }
  return Number(text);
}
