import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDicom, readEncapsulatedPixelDataFromFragments } from 'dicom-parser';
import { frameDecoder } from './decoders';
import type { PixelEncoding } from './transferSyntax';

const SHAPE = { rows: 16, columns: 24, bitsAllocated: 16 };

function streamOf(fixture: string): Uint8Array {
  const dataSet = parseDicom(readFileSync(join(__dirname, `fixtures/${fixture}.dcm`)));
  const element = dataSet.elements.x7fe00010;
  return new Uint8Array(
    readEncapsulatedPixelDataFromFragments(dataSet, element, 0, element.fragments?.length ?? 0)
  );
}

type Damage = (stream: Uint8Array) => Uint8Array;
const middle = ({ length }: Uint8Array): number => Math.floor(length / 2);
const without =
  (count: number): Damage =>
  stream =>
    Uint8Array.of(...stream.subarray(0, middle(stream)), ...stream.subarray(middle(stream) + count));
const zeroed =
  (count: number): Damage =>
  stream =>
    stream.slice().fill(0, middle(stream), middle(stream) + count);
/** Cut off and closed by its end marker, as a gateway does that writes what it has got. */
const closedEarly: Damage = stream => Uint8Array.of(...stream.subarray(0, middle(stream)), 0xff, 0xd9);

describe('a stream that is damaged in its middle is refused', () => {
  it.each<readonly [PixelEncoding, string, string, Damage]>([
    ['jpeg-lossless', 'signed-jpeg-lossless-sv1', 'without some bytes', without(16)],
    ['jpeg-lossless', 'unsigned-jpeg-lossless-57', 'without one byte', without(1)],
    ['jpeg-lossless', 'signed-jpeg-lossless-57', 'closed early', closedEarly],
    ['jpeg-2000', 'signed-jpeg-2000', 'without some bytes', without(16)],
    ['jpeg-2000', 'unsigned-jpeg-2000', 'closed early', closedEarly],
    ['jpeg-2000', 'unsigned-jpeg-2000', 'cut off', stream => stream.subarray(0, middle(stream))],
    ['htj2k', 'unsigned-htj2k', 'closed early', closedEarly],
    ['rle', 'signed-rle', 'without some bytes', without(3)],
    ['rle', 'unsigned-rle', 'with some zeros', zeroed(8)],
    ['jpeg-ls', 'unsigned-jpeg-ls', 'with some zeros', zeroed(16)],
  ])('%s (%s) %s', async (encoding, fixture, _, damage) => {
    const decode = await frameDecoder(encoding);
    const stream = streamOf(fixture);
    expect(decode(stream, SHAPE)).toHaveLength(2 * 16 * 24);
    expect(() => decode(damage(stream), SHAPE)).toThrow(
      /damaged|ends early|does not end|ends after|cut short|-byte segments|RLE segments/
    );
  });
});

it('a stream may be padded', async () => {
  for (const [encoding, fixture] of [
    ['jpeg-lossless', 'unsigned-jpeg-lossless-sv1'],
    ['rle', 'unsigned-rle'],
    ['jpeg-2000', 'unsigned-jpeg-2000'],
    ['jpeg-ls', 'unsigned-jpeg-ls'],
  ] as const) {
    const decode = await frameDecoder(encoding);
    const stream = streamOf(fixture);
    expect(decode(Uint8Array.of(...stream, 0, 0, 0, 0, 0), SHAPE)).toEqual(decode(stream, SHAPE));
  }
});

it('decoders of several kinds do not get into each other’s way', async () => {
  const kinds = [
    ['jpeg-ls', 'signed-jpeg-ls'],
    ['jpeg-2000', 'signed-jpeg-2000'],
    ['htj2k', 'signed-htj2k'],
  ] as const;
  const decoders = await Promise.all(kinds.map(([encoding]) => frameDecoder(encoding)));
  const [first, ...others] = kinds.map(([, fixture], i) => decoders[i](streamOf(fixture), SHAPE));
  others.forEach(other => expect(other).toEqual(first));
});

/** Lossless JPEG of equal pixels, `1 << 15`: each is a single bit, 0. */
function evenStream(rows: number, columns: number): Uint8Array {
  const bits = rows * columns;
  const data = Array.from({ length: Math.ceil(bits / 8) }, (_, i) => 0xff >> Math.min(8, bits - 8 * i));
  return Uint8Array.from([
    ...[0xff, 0xd8, 0xff, 0xc3, 0, 11, 16, 0, rows, 0, columns, 1, 1, 0x11, 0],
    ...[0xff, 0xc4, 0, 20, 0, 1, ...Array<number>(15).fill(0), 0],
    ...[0xff, 0xda, 0, 8, 1, 1, 0, 1, 0, 0, ...data, 0xff, 0xd9],
  ]);
}

it.each([
  [2, 4],
  [4, 4],
  [3, 8],
  [3, 5],
])(
  'lossless JPEG of %s x %s pixels is read to the last, also where its code ends a byte',
  async (rows, columns) => {
    const decode = await frameDecoder('jpeg-lossless');
    const samples = decode(evenStream(rows, columns), { rows, columns, bitsAllocated: 16 });
    expect([...new Uint16Array(samples.slice().buffer)]).toEqual(Array(rows * columns).fill(1 << 15));
  }
);
