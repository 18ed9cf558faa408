import { existsSync, statSync, type Stats } from 'node:fs';

/** What lies at a path, links followed; undefined where nothing does, also below a file. */
export function foundAt(path: string): Stats | undefined {
  return existsSync(path) ? statSync(path) : undefined;
}
