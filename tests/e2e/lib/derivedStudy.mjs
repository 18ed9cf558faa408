import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { temporaryFolder } from './leftovers.mjs';

/** `2.25.` and up to 39 digits: how the demo studies name everything. */
const UID = /2\.25\.\d{10,39}/g;

/** Patient ID of the demo studies. */
const PATIENT = /SYNTHETIC-\d{3}/g;

/**
 * A study made of some slices of a demo study, under UIDs and a Patient ID of its own: their last characters
 * differ, so that nothing in the files moves.
 *
 * @param suffix two digits
 * @returns `folder` with its files, there until the tests end, and its Study Instance UID
 */
export async function derivedStudy(source, names, suffix) {
  const { folder } = await temporaryFolder('derived');
  let uid;
  for (const name of names) {
    const bytes = await readFile(path.join(source, name));
    const text = bytes.toString('latin1');
    const renamed = text
      .replace(UID, one => one.slice(0, -suffix.length) + suffix)
      .replace(PATIENT, `SYNTHETIC-D${suffix}`);
    // Study Instance UID (0020,000D), explicit VR little endian.
    uid ??= /\x20\x00\x0D\x00UI[^]{2}(2\.25\.\d+)/.exec(renamed)[1];
    await writeFile(path.join(folder, name), Buffer.from(renamed, 'latin1'));
  }
  return { folder, uid };
}

/**
 * A slice of each level of a demo study: any machine scores them in seconds.
 *
 * @param suffix two digits, as above
 */
export const twoSlices = (source, suffix) => derivedStudy(source, ['011.dcm', '015.dcm'], suffix);

/** The same in a store. @returns its Study Instance UID */
export async function twoSliceStudy(source, store, suffix) {
  const { folder, uid } = await twoSlices(source, suffix);
  await store.readInPlace(folder);
  return uid;
}
