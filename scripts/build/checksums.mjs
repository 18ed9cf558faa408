import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const CHECKSUMS = 'SHA512SUMS';

/**
 * Writes the SHA-512 of every file under a folder as `sha512sum --check` reads it: a site checks what it
 * has copied by it.
 */
export async function writeChecksums(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter(entry => entry.isFile())
    .map(entry => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .filter(file => file !== CHECKSUMS)
    .sort();
  const lines = [];
  for (const file of files) {
    const bytes = await readFile(path.join(folder, file));
    const name = file.split(path.sep).join('/');
    lines.push(`${createHash('sha512').update(bytes).digest('hex')}  ${name}\n`);
  }
  await writeFile(path.join(folder, CHECKSUMS), lines.join(''));
}
