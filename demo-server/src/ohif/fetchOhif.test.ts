import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fetchOhif } from './fetchOhif';

/** No release of OHIF, so that no hash of it is known here. */
const UNTESTED = '0.0.1';

let folder: string;
let said: string[];
const environment = { ...process.env };

/** An `npm` that packs a small build of its own, and counts how often it was asked. */
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'deep-aspects-fetch-'));
  said = [];
  await mkdir(path.join(folder, 'package/dist/assets'), { recursive: true });
  await writeFile(path.join(folder, 'package/dist/index.html'), '<title>OHIF</title>');
  await writeFile(path.join(folder, 'package/dist/assets/app.js'), 'app();');
  execFileSync('tar', ['-czf', path.join(folder, 'app.tgz'), '-C', folder, 'package']);
  await mkdir(path.join(folder, 'bin'));
  const npm = path.join(folder, 'bin/npm');
  await writeFile(npm, `#!/bin/sh\necho asked >> "${folder}/asked"\ncp "${folder}/app.tgz" .\n`);
  await chmod(npm, 0o755);
  process.env.PATH = `${path.join(folder, 'bin')}:${environment.PATH}`;
  process.env.XDG_CACHE_HOME = path.join(folder, 'cache');
});

afterEach(async () => {
  process.env.PATH = environment.PATH;
  process.env.XDG_CACHE_HOME = environment.XDG_CACHE_HOME;
  await rm(folder, { recursive: true });
});

const fetchIt = (version: string) => fetchOhif(version, line => said.push(line));
const timesAsked = async () =>
  (await readFile(path.join(folder, 'asked'), 'utf8').catch(() => '')).split('\n').length - 1;

describe('an OHIF build', () => {
  it('is fetched once', async () => {
    const kept = await fetchIt(UNTESTED);
    expect(await readFile(path.join(kept, 'index.html'), 'utf8')).toContain('OHIF');
    expect(await fetchIt(UNTESTED)).toBe(kept);
    expect(await timesAsked()).toBe(1);
  });

  it.each<[string, (kept: string) => Promise<unknown>]>([
    ['changed', kept => writeFile(path.join(kept, 'assets/app.js'), 'evil();')],
    ['added', kept => writeFile(path.join(kept, 'assets/more.js'), 'evil();')],
    ['removed', kept => rm(path.join(kept, 'assets/app.js'))],
    [
      'replaced by a link',
      async kept => {
        await writeFile(path.join(folder, 'elsewhere.js'), 'app();');
        await rm(path.join(kept, 'assets/app.js'));
        await symlink(path.join(folder, 'elsewhere.js'), path.join(kept, 'assets/app.js'));
      },
    ],
  ])('of which a kept file was %s is not served, but fetched again', async (_what, change) => {
    const kept = await fetchIt(UNTESTED);
    await change(kept);
    expect(await fetchIt(UNTESTED)).toBe(kept);
    expect(await timesAsked()).toBe(2);
    expect(said.some(line => line.includes('not what was fetched'))).toBe(true);
    expect(await readFile(path.join(kept, 'assets/app.js'), 'utf8')).toBe('app();');
  });

  it('of a tested release is not served from a cache that holds something else, nor kept', async () => {
    const kept = path.join(folder, 'cache/deep-aspects/ohif/3.12.10');
    await mkdir(kept, { recursive: true });
    await writeFile(path.join(kept, 'index.html'), 'evil');
    await expect(fetchIt('3.12.10')).rejects.toThrow('is not the one that was tested');
    await expect(readFile(path.join(kept, 'index.html'))).rejects.toThrow('ENOENT');
  });

  it.each(['../../x', '3.12', 'latest', '3.12.10/../x'])('is not %s', async version => {
    await expect(fetchIt(version)).rejects.toThrow('is not an OHIF version');
    expect(await timesAsked()).toBe(0);
  });
});
