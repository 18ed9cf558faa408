import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { element, fragments, image, sequence } from '../testing/dicomBytes';
import { TestServer } from '../testing/testServer';

let test: TestServer;
TestServer.forEachTest(server => (test = server));

const INSTANCE = 'dicom-web/studies/1.2.3/series/1.2.3.1/instances/1.2.3.1.1';
const JPEG = '1.2.840.10008.1.2.4.70';
const RLE = '1.2.840.10008.1.2.5';

const kept = async (...files: Buffer[]) => expect((await test.stow(files)).status).toBe(200);
const frame = async (numbers: string) =>
  (await test.parts(`${INSTANCE}/frames/${numbers}`)).map(({ body }) => body);
const status = async (address: string) => (await fetch(test.url + address)).status;

describe('instances', () => {
  it('are given back as they were stored, bit by bit', async () => {
    const file = image();
    await kept(file);
    const [instance] = await test.parts(INSTANCE);
    expect(instance.contentType).toBe('application/dicom; transfer-syntax=1.2.840.10008.1.2.1');
    expect(instance.body.equals(file)).toBe(true);
  });

  it('of a series and a study come together', async () => {
    await kept(
      image(),
      image({ instance: '1.2.3.1.2' }),
      image({ series: '1.2.3.2', instance: '1.2.3.2.1' })
    );
    expect(await test.parts('dicom-web/studies/1.2.3/series/1.2.3.1')).toHaveLength(2);
    expect(await test.parts('dicom-web/studies/1.2.3')).toHaveLength(3);
  });
});

describe('an instance whose file was deleted', () => {
  it.each(['', '/metadata', '/frames/1', '/bulkdata/7FE00010'])('is not found: %s', async resource => {
    await kept(image());
    await rm(test.storeFolder, { recursive: true });
    expect(await status(INSTANCE + resource)).toBe(404);
    expect(await test.json('dicom-web/studies')).toEqual([]);
  });

  it('does not keep the others of its series', async () => {
    await kept(image(), image({ instance: '1.2.3.1.2' }), image({ instance: '1.2.3.1.3' }));
    const files = await readdir(test.storeFolder, { recursive: true, withFileTypes: true });
    const [file] = files.filter(entry => entry.isFile());
    await rm(path.join(file.parentPath, file.name));
    expect(await test.parts('dicom-web/studies/1.2.3')).toHaveLength(2);
    expect(await test.json('dicom-web/studies/1.2.3/series/1.2.3.1/metadata')).toHaveLength(2);
    expect(await test.json('dicom-web/studies/1.2.3/instances')).toHaveLength(2);
  });
});

describe('frames', () => {
  it('are as they are in the file, from frame 1', async () => {
    await kept(image({ pixels: element('7FE00010', 'OW', Buffer.from([0, 0, 1, 0, 2, 0, 3, 0])) }));
    const [first] = await test.parts(`${INSTANCE}/frames/1`);
    expect(first.contentType).toBe('application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1');
    expect([...first.body]).toEqual([0, 0, 1, 0, 2, 0, 3, 0]);
  });

  it.each(['0', '2', '1e0', '1,1', '-1', '1;2', 'constructor', '99999999999999999999'])(
    'are not named %s',
    async numbers => {
      await kept(image());
      expect(await status(`${INSTANCE}/frames/${numbers}`)).toBe(404);
    }
  );

  it('of several are those at their places', async () => {
    const pixels = element('7FE00010', 'OW', Buffer.from(Array.from({ length: 24 }, (_, index) => index)));
    await kept(image({ frames: '3', pixels }));
    expect((await frame('3,1')).map(body => body[0])).toEqual([16, 0]);
  });

  it('of a binary segmentation that share a byte are taken apart', async () => {
    const pixels = element('7FE00010', 'OB', Buffer.from([0b10110110, 0b01101101, 0b11, 0]));
    await kept(image({ bits: 1, rows: 3, columns: 3, frames: '2', pixels }));
    expect((await frame('1,2')).map(body => [...body])).toEqual([
      [0b10110110, 0b1],
      [0b10110110, 0b1],
    ]);
  });

  describe.each([
    ['JPEG', JPEG, [0xff, 0xd8], 'image/jpeg'],
    ['JPEG 2000', '1.2.840.10008.1.2.4.90', [0xff, 0x4f], 'image/jp2'],
    ['JPEG-LS', '1.2.840.10008.1.2.4.80', [0xff, 0xd8], 'image/jls'],
  ])('in %s', (_name, transferSyntax, start, mediaType) => {
    const part = (length: number, value: number) => Buffer.alloc(length, value);
    const first = (length: number, value: number) => Buffer.from([...start, ...part(length - 2, value)]);

    it('of one frame are all its fragments', async () => {
      const pieces = [first(40, 1), part(40, 2), part(20, 3)];
      await kept(image({ transferSyntax, pixels: fragments([], ...pieces) }));
      expect((await frame('1'))[0].equals(Buffer.concat(pieces))).toBe(true);
      expect(await status(`${INSTANCE}/frames/2`)).toBe(404);
      const [{ contentType }] = await test.parts(`${INSTANCE}/frames/1`);
      expect(contentType).toBe(`${mediaType}; transfer-syntax=${transferSyntax}`);
    });

    it.each([
      ['by the offset table', [0, 56]],
      ['by where their streams begin', []],
    ])('of two frames with three fragments are told apart %s', async (_how, offsets) => {
      const pieces = [first(30, 1), part(10, 2), first(20, 3)];
      await kept(image({ transferSyntax, frames: '2', pixels: fragments(offsets, ...pieces) }));
      const [one, two] = await frame('1,2');
      expect(one.equals(Buffer.concat(pieces.slice(0, 2)))).toBe(true);
      expect(two.equals(pieces[2])).toBe(true);
    });
  });

  it('with as many fragments are one each', async () => {
    const pieces = [Buffer.alloc(10, 1), Buffer.alloc(12, 2), Buffer.alloc(14, 3)];
    await kept(image({ transferSyntax: RLE, frames: '3', pixels: fragments([], ...pieces) }));
    expect(await frame('1,2,3')).toEqual(pieces);
  });

  it('of a deflated file are inflated', async () => {
    const pixels = element('7FE00010', 'OW', Buffer.from([9, 0, 8, 0, 7, 0, 6, 0]));
    await kept(image({ transferSyntax: '1.2.840.10008.1.2.1.99', pixels }));
    expect([...(await frame('1'))[0]]).toEqual([9, 0, 8, 0, 7, 0, 6, 0]);
    const [metadata] = await test.json(`${INSTANCE}/metadata`);
    expect(metadata['00100010'].Value).toEqual([{ Alphabetic: 'SYNTHETIC^HEAD' }]);
  });
});

describe('metadata', () => {
  it('are without the pixels but with a link to them', async () => {
    const further = element('00200032', 'DS', '0\\-1.5\\5e0');
    await kept(image({ further }));
    const [metadata] = await test.json('dicom-web/studies/1.2.3/series/1.2.3.1/metadata');
    expect(metadata['00100010']).toEqual({ vr: 'PN', Value: [{ Alphabetic: 'SYNTHETIC^HEAD' }] });
    expect(metadata['00200032']).toEqual({ vr: 'DS', Value: [0, -1.5, 5] });
    expect(metadata['00280010']).toEqual({ vr: 'US', Value: [2] });
    expect(metadata['00083002'].Value).toEqual(['1.2.840.10008.1.2.1']);
    expect(metadata['7FE00010']).toEqual({ vr: 'OW', BulkDataURI: `/${INSTANCE}/bulkdata/7FE00010` });
    const [pixels] = await test.parts(metadata['7FE00010'].BulkDataURI?.slice(1) ?? '');
    expect(pixels.body).toHaveLength(8);
  });

  it('have large binary values by link, nested ones as well', async () => {
    const large = Buffer.alloc(5000, 7);
    const nested = sequence('00289110', Buffer.alloc(0), element('00291001', 'OB', large));
    const further = Buffer.concat([element('00211001', 'OB', Buffer.alloc(6, 1)), nested]);
    await kept(image({ further }));
    const [metadata] = await test.json(`${INSTANCE}/metadata`);
    expect(metadata['00211001']).toEqual({ vr: 'OB', InlineBinary: 'AQEBAQEB' });
    const [, item] = metadata['00289110'].Value as Record<string, { BulkDataURI?: string }>[];
    const link = item['00291001'].BulkDataURI?.slice(1) ?? '';
    expect(link).toBe(`${INSTANCE}/bulkdata/00289110.1.00291001`);
    expect((await test.parts(link))[0].body.equals(large)).toBe(true);
    for (const wrong of [
      '00289110',
      '00289110.7.00291001',
      '00289110.constructor.x',
      'constructor',
      '__proto__',
    ]) {
      expect(await status(`${INSTANCE}/bulkdata/${wrong}x`)).toBe(404);
    }
  });

  it.each([
    ['ISO_IR 192', Buffer.from('Müller^Jörg').toString('latin1'), { Alphabetic: 'Müller^Jörg' }],
    ['ISO_IR 100', 'M\xfcller', { Alphabetic: 'Müller' }],
    ['ISO_IR 144', '\xbb\xee\xda', { Alphabetic: 'Люк' }],
    [
      '\\ISO 2022 IR 87',
      'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B',
      { Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' },
    ],
    ['\\ISO 2022 IR 149', 'Hong=\x1b$)C\xfb\xf3', { Alphabetic: 'Hong', Ideographic: '洪' }],
    ['GB18030', 'Wang=\xcd\xf5', { Alphabetic: 'Wang', Ideographic: '王' }],
  ])('are UTF-8, whatever the file is: %s', async (characterSet, name, expected) => {
    const further = sequence('00400275', element('00400007', 'LO', name.split('=')[0]));
    await kept(image({ characterSet, name, further }));
    const [metadata] = await test.json(`${INSTANCE}/metadata`);
    expect(metadata['00100010'].Value).toEqual([expected]);
    expect(metadata['00080005'].Value).toEqual(['ISO_IR 192']);
    const [item] = metadata['00400275'].Value as Record<string, { Value: unknown[] }>[];
    expect(item['00400007'].Value).toEqual([expected.Alphabetic]);
  });

  it('of Explicit VR Big Endian are read in their byte order', async () => {
    const bytes = image();
    // Only the data set is turned round; the file meta information is little endian always.
    const start = bytes.indexOf(Buffer.from([0x08, 0x00, 0x16, 0x00]));
    const turned = Buffer.concat([
      image({ transferSyntax: '1.2.840.10008.1.2.2' }).subarray(0, start),
      bigEndian(bytes.subarray(start)),
    ]);
    await kept(turned);
    const [metadata] = await test.json(`${INSTANCE}/metadata`);
    expect(metadata['00280011']).toEqual({ vr: 'US', Value: [2] });
    expect(metadata['00280100']).toEqual({ vr: 'US', Value: [16] });
  });
});

/** Turns the tags, lengths and numbers of a little endian data set without sequences. */
function bigEndian(dataSet: Buffer): Buffer {
  const turned = Buffer.from(dataSet);
  for (let at = 0; at < turned.length;) {
    const vr = turned.toString('latin1', at + 4, at + 6);
    turned.subarray(at, at + 2).swap16();
    turned.subarray(at + 2, at + 4).swap16();
    const long = vr === 'OW';
    const length = long ? turned.readUInt32LE(at + 8) : turned.readUInt16LE(at + 6);
    if (long) {
      turned.subarray(at + 8, at + 12).swap32();
    } else {
      turned.subarray(at + 6, at + 8).swap16();
    }
    at += long ? 12 : 8;
    if (vr === 'US' || vr === 'OW') {
      turned.subarray(at, at + length).swap16();
    }
    at += length;
  }
  return turned;
}

describe('queries', () => {
  beforeEach(() =>
    kept(
      image({ further: element('00200011', 'IS', '2') }),
      image({ instance: '1.2.3.1.2' }),
      image({ series: '1.2.3.2', instance: '1.2.3.2.1', name: 'SYNTHETIC^HEAD' }),
      image({
        study: '7',
        series: '7.2',
        instance: '7.1',
        name: 'OTHER',
        further: element('00200010', 'SH', 'ID'),
      })
    )
  );

  it('count series and instances of a study and name its modalities', async () => {
    const [study] = await test.json('dicom-web/studies?StudyInstanceUID=1.2.3');
    expect(study['00080061'].Value).toEqual(['CT']);
    expect(study['00201206'].Value).toEqual([2]);
    expect(study['00201208'].Value).toEqual([3]);
  });

  it.each([
    ['PatientName=*head*', 1],
    ['00100010=syn*', 1],
    ['PatientName=s.n*', 0],
    ['PatientName=OTHE?', 1],
    ['PatientName=OTHE', 0],
    ['PatientName=***', 2],
    ['PatientName=[', 0],
    ['ModalitiesInStudy=SR\\CT', 2],
    ['ModalitiesInStudy=MR', 0],
    ['StudyInstanceUID=1.2.3,7', 2],
    ['PatientID=P1&limit=1', 1],
    ['PatientID=P1&limit=0', 0],
    ['PatientID=P1&offset=2', 0],
    ['includefield=all', 2],
    ['fuzzymatching=true', 2],
    ['constructor=x&__proto__=x&toString=x', 2],
  ])('by %s give %i', async (parameters, count) => {
    expect(await test.json(`dicom-web/studies?${parameters}`)).toHaveLength(count);
  });

  it('go down to series and instances', async () => {
    expect(await test.json('dicom-web/studies/1.2.3/series')).toHaveLength(2);
    expect(await test.json('dicom-web/studies/1.2.3/series?Modality=CT')).toHaveLength(2);
    expect(await test.json('dicom-web/studies/1.2.3/series?Modality=MR')).toHaveLength(0);
    expect(await test.json('dicom-web/studies/1.2.3/series/1.2.3.1/instances')).toHaveLength(2);
    expect(await test.json('dicom-web/studies/1.2.3/instances')).toHaveLength(3);
    expect(await test.json('dicom-web/studies/0.0/series')).toEqual([]);
  });

  it('give further attributes where they are named', async () => {
    const ask = async (parameters: string) =>
      (await test.json(`dicom-web/studies/1.2.3/series/1.2.3.1/instances?${parameters}`))[0];
    expect((await ask(''))['00100010']).toBeUndefined();
    const named = await ask('includefield=PatientName,00280002&includefield=constructor');
    expect(named['00100010'].Value).toEqual([{ Alphabetic: 'SYNTHETIC^HEAD' }]);
    expect(named['00280002'].Value).toEqual([1]);
  });

  it.each(['limit=-1', 'limit=abc', 'offset=-1', 'limit=1e9', `PatientName=${'*a'.repeat(200)}`])(
    'that cannot be meant are refused: %s',
    async parameters => {
      expect(await status(`dicom-web/studies?${parameters}`)).toBe(400);
    }
  );
});

describe('no request', () => {
  beforeEach(() => kept(image()));

  it.each(['*?'.repeat(20) + '!', '*a'.repeat(100) + 'b', '?*'.repeat(64)])(
    'stops the store by a pattern: %s',
    async pattern => {
      const started = performance.now();
      expect(await status(`dicom-web/studies?PatientName=${encodeURIComponent(pattern)}`)).toBe(200);
      expect(performance.now() - started).toBeLessThan(5000);
    }
  );

  it.each([
    [404, '/dicom-web/'],
    [404, '/dicom-web/toString/x'],
    [404, '/dicom-web/constructor/x'],
    [404, '/dicom-web/__proto__'],
    [400, '/dicom-web/studies/..%2f..%2fetc'],
    [404, '/dicom-web/studies/%2e%2e'],
    [400, '/dicom-web/studies/constructor'],
    [404, '/dicom-web/studies/1.2.3/rendered'],
    [404, '/dicom-web/studies/1.2.3/metadata/x'],
    [404, '/dicom-web/studies/1.2.3/series/1.2.3.1/frames/1'],
    [405, '/dicom-web/studies/1.2.3/series/1.2.3.1', 'POST'],
    [405, '/dicom-web/studies/1.2.3', 'DELETE'],
  ])('gets the whole store by an odd address: %i for %s', async (expected, address, method = 'GET') => {
    const headers = { 'content-type': 'multipart/related; boundary=X' };
    const answer = await test.raw(address, { method, headers });
    expect(answer.status).toBe(expected);
    expect(answer.body.length).toBeLessThan(200);
  });
});
