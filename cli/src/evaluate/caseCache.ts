import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseRecord } from '@deep-aspects/aspects/evaluation';
import { jsonText } from '../output/jsonText';
import { writeInFolder } from '../output/writeWhole';

/**
 * Case records on disk, one file a case, so that an evaluation that was stopped goes on where it was. A
 * record counts only for the same images, labels, networks and rule: all of them go into the key.
 */
export class CaseCache {
  /** @param folder no cache where undefined */
  constructor(private readonly folder: string | undefined) {}

  read(name: string, key: string): CaseRecord | undefined {
    const path = this.folder && join(this.folder, fileName(name));
    if (!path || !existsSync(path)) {
      return undefined;
    }
    try {
      const kept = JSON.parse(readFileSync(path, 'utf8')) as { key?: string; record?: CaseRecord };
      return kept.key === hashed(key) ? kept.record : undefined;
    } catch {
      return undefined;
    }
  }

  /** @throws OutputError */
  write(name: string, key: string, record: CaseRecord): void {
    if (this.folder) {
      writeInFolder(this.folder, fileName(name), jsonText({ key: hashed(key), record }));
    }
  }
}

function fileName(name: string): string {
  return `${name}.json`;
}

function hashed(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
