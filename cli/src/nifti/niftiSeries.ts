import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type CtInstance, ctInstancesFromNifti } from '@deep-aspects/aspects/series';
import { parseNifti } from './niftiVolume';

/**
 * A NIfTI volume in HU as CT instances. Its UID is made from the file's content, so that the same file always has the same.
 *
 * @throws Refusal as `parseNifti` and `ctInstancesFromNifti`
 */
export function loadNiftiSeries(path: string): CtInstance[] {
  const bytes = readFileSync(path);
  const { values, dimensions, affine } = parseNifti(bytes, path);
  const hu = values instanceof Uint8Array ? Float32Array.from(values) : values;
  return ctInstancesFromNifti({ hu, dimensions, affine, identifier: uidOfContent(bytes) });
}

/** The study's UID that `loadNiftiSeries` gives, without reading the image. */
export function uidOfNiftiFile(path: string): string {
  return uidOfContent(readFileSync(path));
}

/** `2.25.` and 112 bits of the content's hash (PS3.5 B.2): leaves room for the suffixes of the slices. */
function uidOfContent(bytes: Uint8Array): string {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 28);
  return `2.25.${BigInt(`0x${hash}`)}`;
}
