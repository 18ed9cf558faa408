import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDicomHeader } from './dicomFile';
import { readMetadata } from './metadata';

/** An element of a short value, explicit VR little endian. */
function element(group: number, number: number, vr: string, value: Uint8Array): Buffer {
  const even = value.length % 2 ? Buffer.concat([value, Buffer.from(' ')]) : value;
  const head = Buffer.alloc(8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, 'latin1');
  head.writeUInt16LE(even.length, 6);
  return Buffer.concat([head, even]);
}

function descriptionOf(characterSet: string, description: readonly number[] | string): string | undefined {
  const file = join(mkdtempSync(join(tmpdir(), 'deep-aspects-')), 'image.dcm');
  writeFileSync(
    file,
    Buffer.concat([
      Buffer.alloc(128),
      Buffer.from('DICM'),
      element(2, 0x10, 'UI', Buffer.from('1.2.840.10008.1.2.1\0')),
      element(8, 5, 'CS', Buffer.from(characterSet)),
      element(8, 0x103e, 'LO', Buffer.from(description as string)),
    ])
  );
  const dataSet = readDicomHeader(file)?.dataSet;
  return dataSet && readMetadata(dataSet).seriesDescription;
}

describe('a series description is read in its own character set, where it says that contrast was given', () => {
  test.each<readonly [string, readonly number[] | string, string]>([
    ['ISO_IR 192', '头部增强', '头部增强'],
    ['GB18030', [0xd4, 0xec, 0xd3, 0xb0], '造影'],
    ['ISO_IR 144', [0xe1, 0x20, 0xda, 0xde, 0xdd, 0xe2, 0xe0, 0xd0, 0xe1, 0xe2, 0xde, 0xdc], 'с контрастом'],
    ['\\ISO 2022 IR 149', [0x1b, 0x24, 0x29, 0x43, 0xc1, 0xb6, 0xbf, 0xb5], '조영'],
    ['ISO_IR 100', [0x53, 0x63, 0x68, 0xe4, 0x64, 0x65, 0x6c], 'Schädel'],
    ['ISO_IR 100', 'Head 5.0 ', 'Head 5.0'],
  ])('%s', (characterSet, bytes, words) => expect(descriptionOf(characterSet, bytes)).toBe(words));
});
