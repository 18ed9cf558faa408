import { execFileSync } from 'node:child_process';
import fs, {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from '../exitStatus';
import { jsonText } from './jsonText';
import { textOutput } from './textOutput';
import { OutputError, requireWritable, writeInFolder, writeWhole } from './writeWhole';

const newFolder = () => mkdtempSync(join(tmpdir(), 'deep-aspects-'));

function written(write: (output: ReturnType<typeof textOutput>) => void, isTTY = false): string {
  let text = '';
  write(textOutput({ isTTY, write: part => (text += part) }));
  return text;
}

describe('what reaches a terminal', () => {
  it.each([
    ['a title', '\x1b]0;pwned\x07', '\\u001b]0;pwned\\u0007'],
    ['an eight-bit control sequence', 'a\u009b2Jb', 'a\\u009b2Jb'],
    ['a line drawn over', 'LOCALIZER\rscored', 'LOCALIZER\\u000dscored'],
    ['letters turned around', 'left\u202etfel', 'left\\u202etfel'],
    ['a deleted letter', 'a\x08\x7f', 'a\\u0008\\u007f'],
  ])('holds %s written out', (_, text, expected) => {
    expect(written(output => output.write(text))).toBe(expected);
    expect(written(output => output.writeLine(text))).toBe(`${expected}\n`);
    expect(written(output => output.redrawLine(text), true)).toBe(`\r\x1b[K${expected}`);
  });

  it('keeps the lines of a text, and one line in one', () => {
    expect(written(output => output.write('Müller 山田\n\tİ'))).toBe('Müller 山田\n\tİ');
    expect(written(output => output.writeLine('1.2\nNOT_CT: forged'))).toBe('1.2\\u000aNOT_CT: forged\n');
    expect(written(output => output.redrawLine('2/3'))).toBe('');
  });

  it('as JSON says the same as before', () => {
    const value = { uid: 'a\u009b\x1b\u202e\u2028\n', list: ['\\u0041'] };
    const text = jsonText(value, 2);
    expect(JSON.parse(text)).toEqual(value);
    expect(written(output => output.write(text))).toBe(text);
  });
});

describe('a file is written whole or not at all', () => {
  afterEach(() => jest.restoreAllMocks());

  it.each(['writeFileSync', 'fsyncSync', 'renameSync'] as const)(
    'where %s fails, the old one stays and nothing next to it',
    step => {
      const folder = newFolder();
      const path = join(folder, 'result.json');
      writeFileSync(path, 'old');
      jest.spyOn(fs, step).mockImplementation(() => {
        throw new Error('ENOSPC: no space left on device');
      });
      expect(() => writeWhole(path, 'new')).toThrow(
        new OutputError(path, new Error('ENOSPC: no space left on device'))
      );
      jest.restoreAllMocks();
      expect(readdirSync(folder)).toEqual(['result.json']);
      expect(readFileSync(path, 'utf8')).toBe('old');
    }
  );

  it('makes its folder, follows a link, keeps the permissions, takes the longest name', () => {
    const folder = newFolder();
    const path = join(folder, 'a', 'b', `${'x'.repeat(250)}.json`);
    writeWhole(path, 'one');
    chmodSync(path, 0o640);
    symlinkSync(path, join(folder, 'link'));
    writeWhole(join(folder, 'link'), new Uint8Array([50]));
    expect(readFileSync(path, 'utf8')).toBe('2');
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(folder, 'a', 'b'))).toHaveLength(1);
  });

  it('writes to a device without replacing it, and tells that it is full', () => {
    expect(() => writeWhole('/dev/full', 'x')).toThrow(/\/dev\/full cannot be written: .*ENOSPC/);
    writeWhole('/dev/null', 'x');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe('a file that the program names in a folder', () => {
  it.each<readonly [string, (path: string, foreign: string) => void]>([
    ['a link to a foreign file', (path, foreign) => symlinkSync(foreign, path)],
    ['a second name of a foreign file', (path, foreign) => linkSync(foreign, path)],
    ['a link to nothing yet', (path, foreign) => symlinkSync(`${foreign}.new`, path)],
    ['a link to a device', path => symlinkSync('/dev/full', path)],
    ['a pipe that nobody reads', path => execFileSync('mkfifo', [path])],
  ])('takes the place of %s, which stays as it is', (_, put) => {
    const folder = newFolder();
    const foreign = join(newFolder(), 'foreign');
    writeFileSync(foreign, 'foreign');
    put(join(folder, 'r.json'), foreign);
    writeInFolder(folder, 'r.json', 'ours');
    expect(readFileSync(foreign, 'utf8')).toBe('foreign');
    expect(readdirSync(dirname(foreign))).toEqual(['foreign']);
    expect(lstatSync(join(folder, 'r.json')).isFile()).toBe(true);
    expect(readFileSync(join(folder, 'r.json'), 'utf8')).toBe('ours');
    expect(readdirSync(folder)).toEqual(['r.json']);
  });

  it('is an error where a folder has that name', () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'r.json'));
    expect(() => writeInFolder(folder, 'r.json', 'ours')).toThrow(OutputError);
    expect(readdirSync(folder)).toEqual(['r.json']);
  });
});

describe('before anything is computed', () => {
  it('makes a missing folder, and leaves no trace in it', () => {
    const folder = join(newFolder(), 'a', 'b');
    requireWritable('--json', join(folder, 'r.json'));
    expect(readdirSync(folder)).toEqual([]);
    requireWritable('--seg', join(folder, 'segs'), true);
    expect(readdirSync(folder)).toEqual(['segs']);
    requireWritable('--json', '-');
    requireWritable('--json', undefined);
  });

  it.each([
    ['a folder', (folder: string) => folder],
    ['below a file', (folder: string) => join(folder, 'file', 'r.json')],
    ['where nothing can be made', () => '/proc/none/r.json'],
    ['an empty name', () => ''],
  ])('refuses %s', (_, pathIn) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), 'kept');
    mkdirSync(join(folder, 'empty'));
    const path = pathIn(folder);
    expect(() => requireWritable('--json', path)).toThrow(UsageError);
    expect(() => requireWritable('--json', path)).toThrow(`--json ${path} cannot be written: `);
    expect(readdirSync(folder)).toEqual(['empty', 'file']);
  });
});
