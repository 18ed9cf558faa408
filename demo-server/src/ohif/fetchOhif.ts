import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeFolder } from '../makeFolder';
import { UserError } from '../userError';
import { hashOfFolder } from './hashOfFolder';
import { TESTED_RELEASES } from './releases';

const run = promisify(execFile);

/** Folder for what can be fetched again; `XDG_CACHE_HOME` moves it. */
function cacheFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'deep-aspects');
}

/**
 * The folder of the official build of that release, fetched with the npm client the first time (about 50 MB)
 * and kept in the user's cache. What is kept is checked again each time. A release that is tested must have
 * the hashes that are written in this repository; of any other one the archive must pass npm's own check, and
 * its files must stay what they were. Throws `UserError`.
 */
export async function fetchOhif(version: string, say: (line: string) => void): Promise<string> {
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
    throw new UserError(`"${version}" is not an OHIF version; give one like 3.12.10`);
  }
  const kept = path.join(cacheFolder(), 'ohif', version);
  if (await exists(kept)) {
    if ((await hashOfFolder(kept)) === (await expectedHash(version, kept))) {
      return kept;
    }
    say(`The kept copy of OHIF ${version} is not what was fetched; it is fetched again`);
    await rm(kept, { recursive: true });
  }
  await makeFolder(path.resolve(path.dirname(kept)));
  const work = await mkdtemp(path.join(path.dirname(kept), 'fetching-'));
  try {
    say(`Fetching the official OHIF ${version} build with npm (about 50 MB, once) ...`);
    const archive = await pack(version, work);
    await check(archive, version, say);
    await run('tar', ['-xzf', archive, '-C', work, '--exclude=*.map', 'package/dist']);
    const unpacked = path.join(work, 'package', 'dist');
    await keep(unpacked, version, kept);
    return kept;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Of a release that is not tested, the hash of its files when they were fetched. */
function hashFile(kept: string): string {
  return `${kept}.sha512`;
}

async function expectedHash(version: string, kept: string): Promise<string | undefined> {
  return TESTED_RELEASES[version]?.files ?? (await readFile(hashFile(kept), 'utf8').catch(() => undefined));
}

async function keep(unpacked: string, version: string, kept: string): Promise<void> {
  const actual = await hashOfFolder(unpacked);
  const expected = TESTED_RELEASES[version]?.files;
  if (expected && actual !== expected) {
    throw new UserError(
      `The files of OHIF ${version} were not unpacked as they are (hash ${actual}); nothing was kept`
    );
  }
  if (!expected) {
    await writeFile(hashFile(kept), actual);
  }
  // Another process may have been faster; its copy is as good where it is the same.
  await rename(unpacked, kept).catch(async (error: unknown) => {
    if (!(await exists(kept)) || (await hashOfFolder(kept)) !== actual) {
      throw error;
    }
  });
}

async function pack(version: string, folder: string): Promise<string> {
  try {
    await run('npm', ['pack', `@ohif/app@${version}`, '--silent', '--pack-destination', folder], {
      cwd: folder,
      env: process.env,
    });
  } catch (error) {
    const output = String((error as { stderr?: string }).stderr || (error as Error).message);
    if (/E404|ETARGET|notarget/.test(output)) {
      throw new UserError(`There is no OHIF release ${version} on npm`);
    }
    throw new UserError(
      `OHIF ${version} could not be fetched: is this machine on the network, and may npm reach its registry?\n${output.trim()}`
    );
  }
  const archive = (await readdir(folder)).find(name => name.endsWith('.tgz'));
  if (!archive) {
    throw new UserError(`npm pack gave no archive for OHIF ${version}`);
  }
  return path.join(folder, archive);
}

async function check(archive: string, version: string, say: (line: string) => void): Promise<void> {
  const expected = TESTED_RELEASES[version]?.archive;
  if (!expected) {
    say(`OHIF ${version} is not one of the tested releases (${Object.keys(TESTED_RELEASES).join(', ')})`);
    return;
  }
  const actual = `sha512-${createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')}`;
  if (actual !== expected) {
    throw new UserError(
      `The archive of OHIF ${version} is not the one that was tested (hash ${actual}); nothing was kept`
    );
  }
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false
  );
}
