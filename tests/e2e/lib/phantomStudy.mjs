import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { ROOT } from './installation.mjs';
import { temporaryFolder } from './leftovers.mjs';

/** Study Instance UID of every phantom. */
export const PHANTOM_STUDY = '1.2.826.0.1.3680043.10.1';

/** A new folder with the phantom as uncompressed DICOM files; `options` are those of `phantomDicom.mjs`. */
export async function makePhantomStudy(options = {}) {
  const made = await temporaryFolder('phantom');
  const program = path.join(ROOT, 'tests/fixtures/phantomDicom.mjs');
  execFileSync(process.execPath, [program, made.folder, JSON.stringify(options)]);
  return made;
}
