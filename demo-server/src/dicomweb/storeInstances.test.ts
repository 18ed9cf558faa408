import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateBomb, element, fragments, image, sequence } from '../testing/dicomBytes';
import { TestServer } from '../testing/testServer';

let test: TestServer;
TestServer.forEachTest(server => (test = server));

type StowAnswer = Record<string, { Value: Record<string, { Value?: unknown[] }>[] } | undefined>;

const stowed = async (files: readonly Buffer[], address?: string) => {
  const response = await test.stow(files, address);
  const answer = (await response.json()) as StowAnswer;
  return {
    status: response.status,
    kept: (answer['00081199']?.Value ?? []).map(item => item['00081155'].Value?.[0]),
    reasons: (answer['00081198']?.Value ?? []).map(item => item['00081197'].Value?.[0]),
    comments: (answer['00081198']?.Value ?? []).map(item => String(item['00081196'].Value?.[0])),
  };
};

const filesInStore = async () =>
  (await readdir(test.storeFolder, { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(({ name }) => name)
    .sort();

const JPEG = '1.2.840.10008.1.2.4.70';
const noise = (length: number, seed = 7) =>
  Buffer.from(Array.from({ length }, (_, i) => (i * seed * 31 + (i >> 3)) & 0xff));

describe('storing', () => {
  it('answers with the references of PS3.18', async () => {
    expect(await stowed([image()])).toEqual({ status: 200, kept: ['1.2.3.1.1'], reasons: [], comments: [] });
  });

  it('keeps the good instances of a request and reports the bad ones', async () => {
    const answer = await stowed([Buffer.from('not DICOM'), image(), image().subarray(0, 200)]);
    expect(answer).toMatchObject({ status: 202, kept: ['1.2.3.1.1'], reasons: [0xc000, 0xc000] });
  });

  it('refuses an instance whose UID would be a path', async () => {
    expect((await stowed([image({ instance: '../../../evil' })])).status).toBe(409);
    expect(await readdir(test.folder)).toEqual(['ohif', 'plugins', 'secret.txt', 'store']);
    expect(await readdir(test.storeFolder)).toEqual([]);
  });

  it('refuses an instance of another study than the address names', async () => {
    expect((await stowed([image()], 'dicom-web/studies/9.9')).status).toBe(409);
  });

  it('refuses a part that is no DICOM instance by its type', async () => {
    const response = await fetch(`${test.url}dicom-web/studies`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/related; boundary=X' },
      body: '--X\r\nContent-Type: text/html\r\n\r\n<b>\r\n--X--\r\n',
    });
    expect(response.status).toBe(409);
  });

  it('keeps what it holds over a restart', async () => {
    await stowed([image()]);
    await test.stop();
    await test.start();
    expect(await test.json('dicom-web/studies')).toHaveLength(1);
  });
});

describe('a file that is cut off', () => {
  const whole = {
    'in its header': image(),
    'in its pixels': image({ rows: 64, columns: 64 }),
    'in a sequence of undefined length': image({
      further: element('00081115', 'SQ', sequence('00081199', Buffer.alloc(0)).subarray(12), 0xffffffff),
    }),
    'in a fragment': image({ transferSyntax: JPEG, pixels: fragments([], noise(400)) }),
    'between two fragments': image({ transferSyntax: JPEG, pixels: fragments([], noise(100), noise(100)) }),
  };
  const LENGTHS: Record<keyof typeof whole, number> = {
    'in its header': 330,
    'in its pixels': whole['in its pixels'].length - 5000,
    'in a sequence of undefined length': 460,
    'in a fragment': whole['in a fragment'].length - 100,
    'between two fragments': whole['between two fragments'].length - 8 - 108,
  };

  it.each(Object.keys(whole) as (keyof typeof whole)[])('%s is not acknowledged', async where => {
    const answer = await stowed([whole[where].subarray(0, LENGTHS[where])]);
    expect(answer).toMatchObject({ status: 409, kept: [], reasons: [0xc000] });
    expect(await filesInStore()).toEqual([]);
  });

  it.each([
    [
      'fewer pixels than Rows and Columns',
      image({ rows: 64, pixels: element('7FE00010', 'OW', Buffer.alloc(8)) }),
    ],
    ['fewer pixels than frames', image({ frames: '2147483647' })],
    ['a Number of Frames that is none', image({ frames: '1e99' })],
    ['no pixels at all', image({ pixels: Buffer.alloc(0) })],
    ['no fragment', image({ transferSyntax: JPEG, pixels: fragments([]) })],
    [
      'fragments that fit no frames',
      image({ transferSyntax: JPEG, frames: '2', pixels: fragments([], noise(9), noise(9), noise(9)) }),
    ],
  ])('is one with %s', async (_what, file) => {
    expect(await stowed([file])).toMatchObject({ status: 409, kept: [] });
  });
});

describe('a bomb', () => {
  it('of deflated zeros is refused before it has grown', async () => {
    const bomb = deflateBomb(2000);
    expect(bomb.length).toBeLessThan(3 * 2 ** 20);
    const before = process.memoryUsage.rss();
    expect(await stowed([bomb])).toMatchObject({ status: 409 });
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 * 2 ** 20);
  });

  it('of deflated zeros is not parsed beyond what a header may have', async () => {
    const bomb = deflateBomb(10);
    expect((await stowed([bomb])).comments[0]).toContain('over-long header');
  });

  const elements = (count: number) =>
    Buffer.concat(
      Array.from({ length: count }, (_, index) =>
        element((0x00290000 + index).toString(16).padStart(8, '0'), 'LO', '')
      )
    );

  /** A sequence of so many equal items. */
  const items = (count: number, content: Buffer) => {
    const one = sequence('00081115', content).subarray(12);
    return element('00081115', 'SQ', Buffer.alloc(count * one.length, one));
  };

  it.each([
    ['elements', elements(300_000)],
    ['elements in an item', sequence('00081115', elements(300_000))],
    ['elements in a sequence in a sequence', sequence('00081115', sequence('00081199', elements(300_000)))],
    ['items without an element', items(400_000, Buffer.alloc(0))],
    ['items with an element each', items(250_000, elements(1))],
  ])('of hundreds of thousands of %s is refused', async (_what, further) => {
    const answer = await stowed([image({ further })]);
    expect(answer.comments[0]).toContain('more than 200000 elements');
  });

  it('of few bytes that grow to as many elements is refused', async () => {
    const further = items(400_000, Buffer.alloc(0));
    const bomb = image({ transferSyntax: '1.2.840.10008.1.2.1.99', further });
    expect(bomb.length).toBeLessThan(20_000);
    expect((await stowed([bomb])).comments[0]).toContain('more than 200000 elements');
  });

  it('is none where two thousand frames are described with forty elements each', async () => {
    const further = items(2000, sequence('00209113', elements(40)));
    expect(await stowed([image({ further })])).toMatchObject({ status: 200 });
  });

  it('of sequences in sequences is refused', async () => {
    let nested = sequence('00081115', Buffer.alloc(0));
    for (let depth = 0; depth < 3000; depth += 1) {
      nested = sequence('00081115', nested);
    }
    expect(await stowed([image({ further: nested })])).toMatchObject({ status: 409 });
  });

  it('of empty fragments is refused', async () => {
    const empty = Array.from({ length: 100_001 }, () => Buffer.alloc(0));
    const bomb = image({ transferSyntax: JPEG, frames: '2', pixels: fragments([], ...empty) });
    expect((await stowed([bomb])).comments[0]).toContain('fragments');
  });

  const bit = { rows: 1, columns: 1, bits: 1, frames: '100000000' };
  const FLOAT_PIXELS = element('7FE00008', 'OF', Buffer.alloc(8));

  it.each([
    ['that are all there', { ...bit, pixels: element('7FE00010', 'OB', Buffer.alloc(12_500_000)) }],
    ['of no rows', { ...bit, rows: 0 }],
    ['of no bits', { ...bit, bits: 0 }],
    ['of floating point numbers', { ...bit, pixels: FLOAT_PIXELS }],
  ])('of a hundred million frames %s is refused', async (_what, of) => {
    expect((await stowed([image(of)])).comments[0]).toContain('this store takes 20000');
  });

  it('is none where ten thousand frames are all there', async () => {
    const pixels = element('7FE00010', 'OB', Buffer.alloc(1250));
    expect(await stowed([image({ ...bit, frames: '10000', pixels })])).toMatchObject({ status: 200 });
  });

  it.each(['65535', '2147483647', '99999999999', '1e15'])(
    'of %s frames of one bit is refused',
    async frames => {
      expect(
        await stowed([
          image({
            frames,
            rows: 65535,
            columns: 65535,
            bits: 1,
            pixels: element('7FE00010', 'OB', Buffer.alloc(8)),
          }),
        ])
      ).toMatchObject({ status: 409 });
    }
  );
});

describe('several writers', () => {
  it('of one instance leave one of their files, whole, and what the index says', async () => {
    const rounds = 10;
    for (let round = 0; round < rounds; round += 1) {
      const files = [1, 2, 3, 4].map(writer =>
        image({
          rows: 512,
          columns: 512,
          name: `WRITER^${writer}`,
          pixels: element('7FE00010', 'OW', Buffer.alloc(512 * 512 * 2, writer)),
        })
      );
      const answers = await Promise.all(files.map(file => stowed([file])));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      const onDisk = await readFile(path.join(test.storeFolder, '1.2.3/1.2.3.1/1.2.3.1.1.dcm'));
      const writer = files.findIndex(file => file.equals(onDisk)) + 1;
      expect(writer).toBeGreaterThan(0);
      const [study] = await test.json('dicom-web/studies');
      expect(study['00100010'].Value).toEqual([{ Alphabetic: `WRITER^${writer}` }]);
    }
    expect(await filesInStore()).toEqual(['1.2.3.1.1.dcm']);
  });

  it('of one SOP Instance UID in two studies are both kept, also over a restart', async () => {
    await stowed([image({ study: '8.2', series: '8.2.1', instance: '8.9', name: 'FIRST' })]);
    await stowed([image({ study: '8.3', series: '8.3.1', instance: '8.9', name: 'SECOND' })]);
    const names = async () =>
      (await test.json('dicom-web/studies?00100010=*'))
        .sort((a, b) => String(a['0020000D'].Value).localeCompare(String(b['0020000D'].Value)))
        .map(study => study['00100010'].Value);
    const both = [[{ Alphabetic: 'FIRST' }], [{ Alphabetic: 'SECOND' }]];
    expect(await names()).toEqual(both);
    const [first] = await test.json('dicom-web/studies/8.2/series/8.2.1/instances/8.9/metadata');
    expect(first['00100010'].Value).toEqual(both[0]);
    await test.stop();
    await test.start();
    expect(await names()).toEqual(both);
  });

  it('who store a demo image anew have it kept over a restart', async () => {
    const demo = path.join(test.folder, 'demo');
    await mkdir(demo);
    await writeFile(path.join(demo, '1.dcm'), image({ name: 'DEMO' }));
    const name = async () => (await test.json('dicom-web/studies'))[0]['00100010'].Value;
    await test.stop();
    await test.start(undefined, demo);
    expect(await name()).toEqual([{ Alphabetic: 'DEMO' }]);
    await stowed([image({ name: 'STORED' })]);
    await test.stop();
    await test.start(undefined, demo);
    expect(await name()).toEqual([{ Alphabetic: 'STORED' }]);
  });
});

describe('a disk that fails', () => {
  it('is reported for the part that it failed, and the others are kept', async () => {
    // A file where the study's folder would be.
    await writeFile(path.join(test.storeFolder, '5.5'), '');
    const output = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const answer = await stowed([
      image(),
      image({ study: '5.5', series: '5.5.1', instance: '5.5.1.1' }),
      image({ instance: '1.2.3.1.2' }),
    ]);
    output.mockRestore();
    expect(answer).toMatchObject({ status: 202, kept: ['1.2.3.1.1', '1.2.3.1.2'], reasons: [0x0110] });
    expect(answer.comments[0]).not.toContain(test.folder);
  });
});
