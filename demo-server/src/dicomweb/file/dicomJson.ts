import type { DataSet, Element } from 'dicom-parser';
import { textDecoder } from '@deep-aspects/aspects/report';
import { vrOf } from './dictionary';
import { NotDicomError } from './notDicomError';

/** DICOM JSON model (PS3.18 Annex F): elements keyed by tag, as eight upper-case hexadecimal digits. */
export type DicomJson = Readonly<Record<string, DicomJsonElement>>;

export interface DicomJsonElement {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}

const MAX_INLINE_BYTES = 1024;
/** Sequences in sequences; a structured report has about ten. */
const MAX_DEPTH = 100;

const BINARY = new Set(['OB', 'OW', 'OF', 'OD', 'OL', 'OV', 'UN']);
/** Text in the data set's character set; every other text is ASCII. */
const LOCALISED = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);
/** Text in which a backslash is no separator. */
const ONE_VALUE = new Set(['LT', 'ST', 'UT', 'UR']);

type Reader = (view: DataView, at: number, little: boolean) => number | string;

const NUMBERS: ReadonlyMap<string, readonly [size: number, read: Reader]> = new Map<
  string,
  readonly [number, Reader]
>([
  ['US', [2, (view, at, little) => view.getUint16(at, little)]],
  ['SS', [2, (view, at, little) => view.getInt16(at, little)]],
  ['UL', [4, (view, at, little) => view.getUint32(at, little)]],
  ['SL', [4, (view, at, little) => view.getInt32(at, little)]],
  ['FL', [4, (view, at, little) => view.getFloat32(at, little)]],
  ['FD', [8, (view, at, little) => view.getFloat64(at, little)]],
  ['UV', [8, (view, at, little) => String(view.getBigUint64(at, little))]],
  ['SV', [8, (view, at, little) => String(view.getBigInt64(at, little))]],
  ['AT', [4, (view, at, little) => hex(view.getUint16(at, little)) + hex(view.getUint16(at + 2, little))]],
]);

interface Context {
  readonly text: (bytes: Uint8Array) => string;
  readonly little: boolean;
  readonly signed: boolean;
}

/**
 * A data set as JSON: all but the file meta information, group lengths and Pixel Data. Throws `NotDicomError`
 * where its sequences nest too deep.
 *
 * @param bulkData address below which the larger binary values are (`.../bulkdata`); their path is added to
 *   it: a tag, or for nested ones `TAG.ITEM.TAG`, items from 0
 */
export function toDicomJson(dataSet: DataSet, bulkData: string, bigEndian = false): DicomJson {
  const characterSet = dataSet.string('x00080005');
  const json = convert(dataSet, `${bulkData}/`, {
    text: textDecoder(characterSet),
    little: !bigEndian,
    signed: dataSet.uint16('x00280103') === 1,
  });
  // JSON is UTF-8, whatever the file is (PS3.18 F.2).
  return characterSet ? { ...json, '00080005': { vr: 'CS', Value: ['ISO_IR 192'] } } : json;
}

function convert(dataSet: DataSet, path: string, context: Context, depth = 0): DicomJson {
  if (depth > MAX_DEPTH) {
    throw new NotDicomError(`sequences nest more than ${MAX_DEPTH} levels deep`);
  }
  const json: Record<string, DicomJsonElement> = {};
  for (const element of Object.values(dataSet.elements)) {
    const tag = element.tag.slice(1).toUpperCase();
    if (tag.startsWith('0002') || tag.startsWith('FFFE') || tag.endsWith('0000') || tag === '7FE00010') {
      continue;
    }
    json[tag] = convertElement(dataSet, element, `${path}${tag}`, context, depth);
  }
  return json;
}

function convertElement(
  dataSet: DataSet,
  element: Element,
  path: string,
  context: Context,
  depth: number
): DicomJsonElement {
  if (element.items) {
    const items = element.items.map((item, index) =>
      item.dataSet ? convert(item.dataSet, `${path}.${index}.`, context, depth + 1) : {}
    );
    return items.length ? { vr: 'SQ', Value: items } : { vr: 'SQ' };
  }
  const vr = vrOf(element, context.signed);
  const bytes = dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  if (BINARY.has(vr)) {
    return bytes.length > MAX_INLINE_BYTES
      ? { vr, BulkDataURI: path }
      : { vr, ...(bytes.length ? { InlineBinary: Buffer.from(bytes).toString('base64') } : {}) };
  }
  const values = valuesOf(vr, bytes, context);
  return values.some(value => value !== null) ? { vr, Value: values } : { vr };
}

function valuesOf(vr: string, bytes: Uint8Array, { text, little }: Context): unknown[] {
  const number = NUMBERS.get(vr);
  if (number) {
    const [size, read] = number;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => {
      const value = read(view, index * size, little);
      return typeof value === 'number' && !Number.isFinite(value) ? null : value;
    });
  }
  const whole = LOCALISED.has(vr) ? text(bytes) : Buffer.from(bytes).toString('latin1');
  const parts = ONE_VALUE.has(vr) ? [whole.replace(/[\0 ]+$/, '')] : whole.split('\\').map(trimmed);
  return parts.map(part => textValue(vr, part));
}

function textValue(vr: string, value: string): unknown {
  if (value === '') {
    return null;
  }
  if (vr === 'DS' || vr === 'IS') {
    const number = Number(value);
    return Number.isFinite(number) ? number : value;
  }
  if (vr === 'PN') {
    const [Alphabetic, Ideographic, Phonetic] = value.split('=').map(group => group || undefined);
    return { Alphabetic, Ideographic, Phonetic };
  }
  return value;
}

function trimmed(value: string): string {
  return value.replace(/^[\0 ]+|[\0 ]+$/g, '');
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(4, '0');
}

/** Values of an element as text; names give their alphabetic form. */
export function texts(json: DicomJson, tag: string): string[] {
  return (json[tag]?.Value ?? []).map(value =>
    value && typeof value === 'object' && 'Alphabetic' in value
      ? String(value.Alphabetic ?? '')
      : String(value ?? '')
  );
}

/** First value of an element as text; empty where there is none. */
export function text(json: DicomJson, tag: string): string {
  return texts(json, tag)[0] ?? '';
}
