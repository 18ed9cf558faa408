import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { element, image } from '../testing/dicomBytes';
import { DicomStore } from './dicomStore';

let folder: string;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'deep-aspects-store-'));
});

afterEach(async () => {
  jest.restoreAllMocks();
  await fs.rm(folder, { recursive: true });
});

describe('opening a store', () => {
  it('leaves out what is damaged, with a reason, and keeps the rest', async () => {
    const whole = image({ rows: 64, columns: 64 });
    const wrongNames = {
      half: whole.subarray(0, 5000),
      header: whole.subarray(0, 300),
      mark: whole.subarray(0, 132),
    };
    await fs.writeFile(path.join(folder, 'whole.dcm'), whole);
    for (const [name, bytes] of Object.entries(wrongNames)) {
      await fs.writeFile(path.join(folder, `${name}.dcm`), bytes);
    }
    await fs.writeFile(path.join(folder, 'notes.txt'), 'x');
    await fs.writeFile(path.join(folder, 'empty.dcm'), '');
    const store = new DicomStore(folder);
    const report = await store.open();
    expect(report).toMatchObject({ imported: 1, others: 2 });
    expect(report.damaged.map(({ file }) => path.basename(file, '.dcm')).sort()).toEqual([
      'half',
      'header',
      'mark',
    ]);
    expect(report.damaged.every(({ reason }) => reason.length > 10)).toBe(true);
    expect(store.find()).toHaveLength(1);
  });

  it('leaves out what is too large without reading it', async () => {
    const huge = path.join(folder, 'huge.dcm');
    await fs.writeFile(huge, image().subarray(0, 200));
    await fs.truncate(huge, 2 ** 33);
    const report = await new DicomStore(folder).open();
    expect(report.damaged).toEqual([{ file: huge, reason: expect.stringContaining('256 MiB') }]);
  });

  it('leaves out what may not be read', async () => {
    const { open } = jest.requireActual<typeof fs>('node:fs/promises');
    await fs.writeFile(path.join(folder, 'a.dcm'), image());
    await fs.writeFile(path.join(folder, 'b.dcm'), image({ instance: '1.2.3.1.2' }));
    jest
      .spyOn(fs, 'open')
      .mockImplementation((file, ...rest) =>
        String(file).endsWith('a.dcm') ? Promise.reject(new Error('EACCES')) : open(file, ...rest)
      );
    const store = new DicomStore(folder);
    expect((await store.open()).damaged).toHaveLength(1);
    expect(store.find()).toHaveLength(1);
  });

  it('removes what a stop left half-written', async () => {
    await fs.writeFile(path.join(folder, 'x.part'), image());
    const store = new DicomStore(folder);
    await store.open();
    expect(await fs.readdir(folder)).toEqual([]);
    expect(store.find()).toEqual([]);
  });
});

describe('keeping an instance', () => {
  it('has it on the disk, its name as well, before it says so', async () => {
    const store = new DicomStore(folder);
    await store.open();
    const { open } = jest.requireActual<typeof fs>('node:fs/promises');
    const events: string[] = [];
    jest.spyOn(fs, 'open').mockImplementation(async (file, ...rest) => {
      const handle = await open(file, ...rest);
      const sync = handle.sync.bind(handle);
      const name = String(file).endsWith('.part') ? 'file' : path.relative(folder, String(file)) || 'store';
      handle.sync = async () => {
        const there = await fs.readdir(path.join(folder, '1.2.3/1.2.3.1'));
        events.push(
          `${name} with ${there.some(entry => entry.endsWith('.dcm')) ? 'its name' : 'a name next to it'}`
        );
        return sync();
      };
      return handle;
    });
    await store.put(image());
    expect(events).toEqual([
      'file with a name next to it',
      '1.2.3/1.2.3.1 with its name',
      '1.2.3 with its name',
      'store with its name',
    ]);
  });

  it('leaves nothing behind where the disk is full', async () => {
    const store = new DicomStore(folder);
    await store.open();
    const { open } = jest.requireActual<typeof fs>('node:fs/promises');
    jest.spyOn(fs, 'open').mockImplementation(async (file, ...rest) => {
      const handle = await open(file, ...rest);
      handle.sync = () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }));
      return handle;
    });
    await expect(store.put(image())).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await fs.readdir(path.join(folder, '1.2.3/1.2.3.1'))).toEqual([]);
    expect(store.find()).toEqual([]);
  });
});

describe('reading an instance', () => {
  it('fails where its file was cut off meanwhile, and gives no half frame', async () => {
    const store = new DicomStore(folder);
    await store.open();
    const instance = await store.put(
      image({ rows: 8, columns: 8, pixels: element('7FE00010', 'OW', Buffer.alloc(128, 1)) })
    );
    await fs.truncate(path.join(folder, '1.2.3/1.2.3.1/1.2.3.1.1.dcm'), 400);
    await expect(store.frame(instance, 1)).rejects.toThrow('cut off');
  });
});
