import { existsSync, lstatSync, statSync, type Stats } from 'node:fs';

/** What lies at a path, links followed; undefined where nothing does, also below a file. */
export function foundAt(path: string): Stats | undefined {
  return existsSync(path) ? statSync(path) : undefined;
}

/** The file at a path; undefined where there is none, or a link, a folder, a pipe. */
export function ownFileAt(path: string): Stats | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? found : undefined;
}
