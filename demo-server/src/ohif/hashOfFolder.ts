import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * One hash of everything under a folder, names and contents, in the form of subresource integrity
 * (`sha512-...`). What is no plain file counts by its name alone, so that a link never passes for the
 * file it points to.
 */
export async function hashOfFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const lines: string[] = [];
  for (const entry of entries) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const name = path.relative(folder, file).split(path.sep).join('/');
    if (entry.isFile()) {
      lines.push(
        `${name}\0${createHash('sha512')
          .update(await readFile(file))
          .digest('base64')}\n`
      );
    } else if (!entry.isDirectory()) {
      lines.push(`${name}\0not a file\n`);
    }
  }
  return `sha512-${createHash('sha512').update(lines.sort().join('')).digest('base64')}`;
}
