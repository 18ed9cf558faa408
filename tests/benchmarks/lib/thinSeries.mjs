import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sliceFile } from '../../fixtures/seriesFiles.mjs';

const ROOT_UID = '2.25.7777';

/**
 * A thick series as a scanner that reconstructs thinly would give it: so many slices at even distances over
 * the same extent, each interpolated between two. **Synthetic**; what lies between thick slices it does
 * not know.
 *
 * @param series of whole HU, slices caudal to cranial
 */
export function thinSeries(series, count) {
  const { slices, planeOffsetsMm } = series;
  return {
    ...series,
    sliceThicknessMm: inMicrometres((planeOffsetsMm.at(-1) - planeOffsetsMm[0]) / (count - 1)),
    studyInstanceUID: `${ROOT_UID}.1`,
    seriesInstanceUID: `${ROOT_UID}.2`,
    frameOfReferenceUID: `${ROOT_UID}.3`,
    slices: Array.from({ length: count }, (_, index) => {
      const at = (index * (slices.length - 1)) / (count - 1);
      const below = slices[Math.floor(at)];
      const above = slices[Math.min(slices.length - 1, Math.floor(at) + 1)];
      const share = at - Math.floor(at);
      const between = (a, b) => a + share * (b - a);
      return {
        sopInstanceUID: `${ROOT_UID}.4.${index + 1}`,
        position: below.position.map((one, axis) => inMicrometres(between(one, above.position[axis]))),
        hu: Int16Array.from(below.hu, (value, pixel) => Math.round(between(value, above.hu[pixel]))),
      };
    }),
  };
}

/** DICOM has room for 16 characters of a number. */
const inMicrometres = mm => Math.round(1000 * mm) / 1000;

/** Writes a series as DICOM files into a folder. */
export async function writeSeries(series, folder) {
  await mkdir(folder, { recursive: true });
  for (const [index, slice] of series.slices.entries()) {
    await writeFile(path.join(folder, `${index + 1}.dcm`), sliceFile(series, slice, index));
  }
}
