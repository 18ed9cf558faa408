import { createHash } from 'node:crypto';
import { type CtInstance, ctInstancesFromNifti, PADDING_HU } from '@deep-aspects/aspects/series';
import { parseNifti, readNiftiFile } from './niftiVolume';

/**
 * A NIfTI volume in HU as CT instances. Its UID is made from the file's content, so that the same file
 * always has the same.
 *
 * @throws Refusal as `parseNifti` and `ctInstancesFromNifti`
 */
export function loadNiftiSeries(path: string): CtInstance[] {
  const bytes = readNiftiFile(path);
  const { values, dimensions, affine, step, remark } = parseNifti(bytes, path);
  const hu = values instanceof Uint8Array ? Float32Array.from(values) : values;
  raiseToAir(hu);
  return ctInstancesFromNifti({
    hu,
    dimensions,
    affine,
    identifier: uidOfContent(bytes),
    stepHu: step,
    remark,
  });
}

/**
 * Padding below air that was resampled has every value between; in DICOM it is recognised by its one value.
 */
function raiseToAir(hu: Float32Array | Int16Array): void {
  for (let i = 0; i < hu.length; i++) {
    if (hu[i] < PADDING_HU) {
      hu[i] = PADDING_HU;
    }
  }
}

/** The study's UID that `loadNiftiSeries` gives, without reading the image. */
export function uidOfNiftiFile(path: string): string {
  return uidOfContent(readNiftiFile(path));
}

/** `2.25.` and 112 bits of the content's hash (PS3.5 B.2): leaves room for the suffixes of the slices. */
function uidOfContent(bytes: Uint8Array): string {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 28);
  return `2.25.${BigInt(`0x${hash}`)}`;
}
