import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Refusal } from '@deep-aspects/aspects/series';
import { refusalOf as refusalOfCall } from '@deep-aspects/aspects/testing';
import { loadDicomSeries } from './dicomSeries';

const FIXTURES = join(__dirname, 'fixtures');
const ROWS = 16;
const COLUMNS = 24;
const SYNTAXES = [
  'explicit-little-endian',
  'implicit-little-endian',
  'explicit-big-endian',
  'deflated',
  'rle',
  'jpeg-lossless-sv1',
  'jpeg-lossless-57',
  'jpeg-ls',
  'jpeg-2000',
  'htj2k',
];

const expectedHu = Array.from({ length: ROWS * COLUMNS }, (_, pixel) => {
  const row = Math.floor(pixel / COLUMNS);
  return ((row * 37 + (pixel % COLUMNS) * 101) % 3000) - 1024;
});

function fixture(name: string): Buffer {
  return readFileSync(join(FIXTURES, `${name}.dcm`));
}

async function loadBytes(bytes: Uint8Array) {
  const file = join(mkdtempSync(join(tmpdir(), 'deep-aspects-')), 'image');
  writeFileSync(file, bytes);
  const [instance] = await loadDicomSeries([file]);
  return instance;
}

async function refusalOf(bytes: Uint8Array): Promise<Refusal | undefined> {
  const instance = await loadBytes(bytes);
  return refusalOfCall(() => instance.readHu());
}

describe('reading CT pixels', () => {
  it.each(SYNTAXES.flatMap(syntax => [`signed-${syntax}`, `unsigned-${syntax}`]))(
    'gives HU from %s',
    async name => {
      const [instance] = await loadDicomSeries([join(FIXTURES, `${name}.dcm`)]);
      expect(Array.from(instance.readHu())).toEqual(expectedHu);
    }
  );

  it('reads the attributes that place a slice', async () => {
    for (const syntax of SYNTAXES) {
      const [instance] = await loadDicomSeries([join(FIXTURES, `signed-${syntax}.dcm`)]);
      expect(instance).toMatchObject({
        studyInstanceUID: '2.25.7.2',
        seriesInstanceUID: '2.25.7.3',
        sopInstanceUID: '2.25.7.1',
        modality: 'CT',
        imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
        rows: ROWS,
        columns: COLUMNS,
        pixelSpacing: [1, 0.5],
        imagePositionPatient: [-11.5, -7.5, 42],
        imageOrientationPatient: [1, 0, 0, 0, 0.9483237, -0.3173047],
        convolutionKernel: 'H31s',
        instanceNumber: 5,
      });
    }
  });

  it('reads files without a preamble, without a meta header, and with the bare prefix', async () => {
    const bytes = fixture('signed-explicit-little-endian');
    const metaLength = bytes.readUInt32LE(140);
    const bodies = [bytes.subarray(132), bytes.subarray(144 + metaLength), bytes.subarray(128)];
    const implicit = fixture('signed-implicit-little-endian');
    bodies.push(implicit.subarray(144 + implicit.readUInt32LE(140)));
    const big = fixture('signed-explicit-big-endian');
    bodies.push(big.subarray(144 + big.readUInt32LE(140)));
    for (const body of bodies) {
      const instance = await loadBytes(body);
      expect(Array.from(instance.readHu())).toEqual(expectedHu);
    }
  });

  it('counts an instance that lies in two files once', async () => {
    const file = join(FIXTURES, 'signed-rle.dcm');
    expect(await loadDicomSeries([file, join(FIXTURES, 'signed-jpeg-ls.dcm')])).toHaveLength(1);
  });

  it('clears overlay bits above the stored ones and extends the sign of short signed values', async () => {
    const unsigned = Buffer.from(fixture('unsigned-explicit-little-endian'));
    const start = unsigned.length - 2 * ROWS * COLUMNS;
    for (let at = start; at < unsigned.length; at += 2) {
      unsigned.writeUInt16LE(unsigned.readUInt16LE(at) | 0x8000, at);
    }
    expect(Array.from((await loadBytes(unsigned)).readHu())).toEqual(expectedHu);
    const short = Buffer.from(fixture('signed-explicit-little-endian'));
    setUint16(short, 0x0101, 13);
    setUint16(short, 0x0102, 12);
    for (let at = start - (unsigned.length - short.length); at < short.length; at += 2) {
      short.writeUInt16LE(short.readUInt16LE(at) & 0x1fff, at);
    }
    expect(Array.from((await loadBytes(short)).readHu())).toEqual(expectedHu);
  });

  it.each(['rle', 'jpeg-ls', 'jpeg-2000', 'htj2k', 'jpeg-lossless-sv1', 'jpeg-lossless-57'])(
    'refuses a damaged %s stream',
    async syntax => {
      const bytes = Buffer.from(fixture(`signed-${syntax}`));
      bytes.fill(0, bytes.length - 150, bytes.length - 8);
      expect(await refusalOf(bytes)).toMatchObject({ code: 'CORRUPT_PIXELS' });
    }
  );

  it('refuses pixels that are cut short, or in an unknown transfer syntax', async () => {
    const whole = fixture('signed-explicit-little-endian');
    expect(await refusalOf(whole.subarray(0, whole.length - 200))).toMatchObject({ code: 'CORRUPT_PIXELS' });
    const unknown = Buffer.from(fixture('signed-jpeg-ls'));
    const uid = Buffer.from('1.2.840.10008.1.2.4.80');
    Buffer.from('1.2.840.10008.1.2.4.99').copy(unknown, unknown.indexOf(uid));
    expect(await refusalOf(unknown)).toMatchObject({
      code: 'CORRUPT_PIXELS',
      message: expect.stringContaining('1.2.840.10008.1.2.4.99'),
      details: { sopInstanceUID: '2.25.7.1' },
    });
  });
});

/** Sets an unsigned short of group 0028 in an Explicit VR Little Endian file. */
function setUint16(bytes: Buffer, element: number, value: number): void {
  const tag = Buffer.from([0x28, 0x00, element & 0xff, element >> 8, 0x55, 0x53, 0x02, 0x00]);
  const at = bytes.indexOf(tag);
  expect(at).toBeGreaterThan(0);
  bytes.writeUInt16LE(value, at + 8);
}
