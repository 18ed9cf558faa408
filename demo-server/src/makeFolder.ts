import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes a folder and those above it, one by one: Node's own recursion never ends where a file system takes no
 * folder, as /proc. Others may make the same folders meanwhile.
 *
 * @param folder an absolute path
 * @returns the outermost folder that was made; undefined where all were there
 * @throws what the file system throws, ENOTDIR or EEXIST where a file is in the way
 */
export async function makeFolder(folder: string): Promise<string | undefined> {
  const above = path.dirname(folder);
  if (await isFolder(folder)) {
    return undefined;
  }
  const outermost = above === folder ? undefined : await makeFolder(above);
  try {
    await mkdir(folder);
    return outermost ?? folder;
  } catch (error) {
    if (await isFolder(folder)) {
      return outermost;
    }
    throw error;
  }
}

async function isFolder(name: string): Promise<boolean> {
  return (await stat(name).catch(() => undefined))?.isDirectory() === true;
}
