import { constants, deflateRawSync } from 'node:zlib';

/** Bytes of DICOM files as no writer makes them: wrong lengths, fragments, any transfer syntax. */

const LONG_FORM = new Set(['OB', 'OF', 'OW', 'SQ', 'UN', 'UT']);

/** An element in Explicit VR Little Endian. `length` lies about the value's length. */
export function element(tag: string, vr: string, value: string | number | Buffer, length?: number): Buffer {
  const raw =
    typeof value === 'number'
      ? Buffer.from([value & 0xff, value >> 8])
      : Buffer.from(value as string, 'latin1');
  const body =
    raw.length % 2 ? Buffer.concat([raw, Buffer.from(vr === 'UI' || vr === 'OB' ? '\0' : ' ')]) : raw;
  const head = Buffer.alloc(LONG_FORM.has(vr) ? 12 : 8);
  head.writeUInt16LE(parseInt(tag.slice(0, 4), 16), 0);
  head.writeUInt16LE(parseInt(tag.slice(4), 16), 2);
  head.write(vr, 4, 'latin1');
  if (head.length === 12) {
    head.writeUInt32LE(length ?? body.length, 8);
  } else {
    head.writeUInt16LE(length ?? body.length, 6);
  }
  return Buffer.concat([head, body]);
}

/** An item of a sequence or of encapsulated pixels. */
function item(content: Buffer, tag = 0xe000fffe): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(tag, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

export function sequence(tag: string, ...items: Buffer[]): Buffer {
  return element(tag, 'SQ', Buffer.concat(items.map(content => item(content))));
}

/** Compressed pixels: the Basic Offset Table (offsets in bytes; empty for none), then the fragments. */
export function fragments(offsets: readonly number[], ...parts: readonly Buffer[]): Buffer {
  const table = Buffer.alloc(offsets.length * 4);
  offsets.forEach((offset, index) => table.writeUInt32LE(offset, index * 4));
  const items = [table, ...parts].map(part => item(part));
  const end = item(Buffer.alloc(0), 0xe0ddfffe);
  return element('7FE00010', 'OB', Buffer.concat([...items, end]), 0xffffffff);
}

export interface Image {
  readonly study?: string;
  readonly series?: string;
  readonly instance?: string;
  readonly rows?: number;
  readonly columns?: number;
  readonly bits?: number;
  readonly frames?: string;
  readonly name?: string;
  readonly transferSyntax?: string;
  /** Elements before Rows (0028,0010) and after Series Instance UID. */
  readonly further?: Buffer;
  /** The whole element; a native one of rows x columns x bits by default. */
  readonly pixels?: Buffer;
  /** Specific Character Set. */
  readonly characterSet?: string;
}

/** A CT image, file meta information and all. */
export function image(of: Image = {}): Buffer {
  const {
    study = '1.2.3',
    series = '1.2.3.1',
    instance = '1.2.3.1.1',
    rows = 2,
    columns = 2,
    bits = 16,
  } = of;
  const { transferSyntax = '1.2.840.10008.1.2.1', name = 'SYNTHETIC^HEAD', further = Buffer.alloc(0) } = of;
  const pixels = of.pixels ?? element('7FE00010', 'OW', Buffer.alloc((rows * columns * bits) / 8));
  const dataSet = Buffer.concat([
    ...(of.characterSet === undefined ? [] : [element('00080005', 'CS', of.characterSet)]),
    element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    element('00080018', 'UI', instance),
    element('00080060', 'CS', 'CT'),
    element('00100010', 'PN', name),
    element('00100020', 'LO', 'P1'),
    element('0020000D', 'UI', study),
    element('0020000E', 'UI', series),
    further,
    element('00280002', 'US', 1),
    ...(of.frames === undefined ? [] : [element('00280008', 'IS', of.frames)]),
    element('00280010', 'US', rows),
    element('00280011', 'US', columns),
    element('00280100', 'US', bits),
    pixels,
  ]);
  const meta = Buffer.concat([
    element('00020002', 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    element('00020003', 'UI', instance),
    element('00020010', 'UI', transferSyntax),
  ]);
  const groupLength = Buffer.alloc(4);
  groupLength.writeUInt32LE(meta.length);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element('00020000', 'UL', groupLength),
    meta,
    transferSyntax.endsWith('.1.99') ? deflateRawSync(dataSet) : dataSet,
  ]);
}

/** A small deflated file that would grow to `mebibytes` of zeros. */
export function deflateBomb(mebibytes: number): Buffer {
  const flushed = { finishFlush: constants.Z_SYNC_FLUSH };
  const head = image({ transferSyntax: '1.2.840.10008.1.2.1.99' });
  const start = head.indexOf('1.2.840.10008.1.2.1.99') + 22;
  // What was flushed can be said again: each piece refers to nothing before itself.
  const piece = deflateRawSync(Buffer.alloc(2 ** 20), flushed);
  const announced = element('00291001', 'OB', '', mebibytes * 2 ** 20);
  return Buffer.concat([
    head.subarray(0, start),
    deflateRawSync(announced, flushed),
    ...Array.from({ length: mebibytes }, () => piece),
    deflateRawSync(Buffer.alloc(0)),
  ]);
}
