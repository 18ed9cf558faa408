import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeFolder } from './makeFolder';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'deep-aspects-folders-'));
});

afterEach(() => rm(folder, { recursive: true }));

it('makes what is missing and names the outermost', async () => {
  const inner = path.join(folder, 'a/b/c');
  expect(await makeFolder(inner)).toBe(path.join(folder, 'a'));
  expect((await stat(inner)).isDirectory()).toBe(true);
  expect(await makeFolder(inner)).toBeUndefined();
});

it('may be asked for one folder several times at once', async () => {
  const inner = path.join(folder, 'x/y/z');
  const made = await Promise.all(Array.from({ length: 8 }, () => makeFolder(inner)));
  expect((await stat(inner)).isDirectory()).toBe(true);
  expect(made).toContain(path.join(folder, 'x'));
});

it.each(['file', 'file/below', 'file/below/farther'])('refuses %s where a file is in the way', async name => {
  await writeFile(path.join(folder, 'file'), '');
  await expect(makeFolder(path.join(folder, name))).rejects.toThrow(/EEXIST|ENOTDIR/);
});

// A file system that takes no folders; Node's own recursion never ends there.
const kernels = existsSync('/proc/1') ? ['/proc/x', '/proc/x/y/z', '/proc/1/x'] : [];
it('refuses a folder that its file system does not take', async () => {
  for (const name of kernels) {
    await expect(makeFolder(name)).rejects.toThrow(/ENOENT|EPERM|EACCES/);
  }
  await expect(makeFolder(path.join(folder, 'n'.repeat(300)))).rejects.toThrow('ENAMETOOLONG');
});
