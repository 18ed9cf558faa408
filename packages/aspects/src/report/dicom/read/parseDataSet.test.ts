import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { parseDicom } from 'dicom-parser';
import { parseDataSet } from './parseDataSet';

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';

/** An element, or with the group FFFE an item, as a transfer syntax writes it. */
function element(syntax: string, tag: number, vr: string, value: Buffer): Buffer {
  const isBig = syntax === BIG_ENDIAN;
  const isItem = tag >= 0xfffe0000;
  const head = Buffer.alloc(syntax === IMPLICIT || isItem || vr !== 'SQ' ? 8 : 12);
  const short = (number: number, at: number) =>
    isBig ? head.writeUInt16BE(number, at) : head.writeUInt16LE(number, at);
  const long = (number: number, at: number) =>
    isBig ? head.writeUInt32BE(number, at) : head.writeUInt32LE(number, at);
  short(tag >>> 16, 0);
  short(tag & 0xffff, 2);
  if (syntax === IMPLICIT || isItem) {
    long(value.length, 4);
  } else {
    head.write(vr, 4, 'latin1');
    if (head.length === 12) {
      long(value.length, 8);
    } else {
      short(value.length, 6);
    }
  }
  return Buffer.concat([head, value]);
}

const list = (count: number, make: (index: number) => Buffer) =>
  Buffer.concat(Array.from({ length: count }, (_, i) => make(i)));

/** A sequence in which `count` elements nest. */
const NESTED: Record<string, (syntax: string, count: number) => Buffer> = {
  'elements of one item': (syntax, count) => {
    const elements = list(count, index => element(syntax, 0x00091000 + index, 'LO', Buffer.from('ab')));
    return element(syntax, 0x00081115, 'SQ', element(syntax, 0xfffee000, '', elements));
  },
  'empty items': (syntax, count) =>
    element(
      syntax,
      0x00081115,
      'SQ',
      list(count, () => element(syntax, 0xfffee000, '', Buffer.alloc(0)))
    ),
  'elements two sequences deep': (syntax, count) =>
    element(
      syntax,
      0x00081199,
      'SQ',
      element(syntax, 0xfffee000, '', NESTED['elements of one item'](syntax, count))
    ),
};

function file(syntax: string, further: Buffer): Buffer {
  const inner = syntax === DEFLATED ? EXPLICIT : syntax;
  const dataSet = Buffer.concat([
    element(inner, 0x00080060, 'CS', Buffer.from('CT')),
    further,
    element(inner, 0x00100020, 'LO', Buffer.from('P1')),
  ]);
  const meta = element(
    EXPLICIT,
    0x00020010,
    'UI',
    Buffer.from(syntax.padEnd(syntax.length + (syntax.length % 2), '\0'))
  );
  const start = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), meta]);
  return Buffer.concat([start, syntax === DEFLATED ? deflateRawSync(dataSet) : dataSet]);
}

const read = (bytes: Buffer, maxElements: number) =>
  parseDataSet(bytes, {
    maxElements,
    inflate: (all, start) => Buffer.concat([all.subarray(0, start), inflateRawSync(all.subarray(start))]),
  });

const cases = [EXPLICIT, IMPLICIT, BIG_ENDIAN, DEFLATED].flatMap(syntax =>
  Object.keys(NESTED).map(what => [what, syntax] as const)
);

describe.each(cases)('%s in %s', (what, syntax) => {
  const inner = syntax === DEFLATED ? EXPLICIT : syntax;

  it('are read as parseDicom reads them where they are not too many', () => {
    const bytes = file(syntax, NESTED[what](inner, 50));
    const dataSet = read(bytes, 100);
    expect(dataSet.string('x00100020')).toBe('P1');
    expect(dataSet.string('x00020010')).toBe(syntax);
    if (syntax !== DEFLATED) {
      expect(dataSet.elements).toEqual(parseDicom(bytes).elements);
    }
  });

  it('are counted, too', () => {
    expect(() => read(file(syntax, NESTED[what](inner, 400)), 100)).toThrow('more than 100 elements');
  });
});

it('reads a data set without meta information, and stops where it is told', () => {
  const bytes = element(IMPLICIT, 0x00080060, 'CS', Buffer.from('CT'));
  const all = Buffer.concat([bytes, NESTED['empty items'](IMPLICIT, 5), Buffer.alloc(200)]);
  const options = { maxElements: 100, inflate: (same: Uint8Array) => same };
  const dataSet = parseDataSet(all, { ...options, transferSyntaxUID: IMPLICIT, untilTag: 'x00081115' });
  expect(dataSet.string('x00080060')).toBe('CT');
  expect(Object.keys(dataSet.elements)).toEqual(['x00020010', 'x00080060', 'x00081115']);
});
