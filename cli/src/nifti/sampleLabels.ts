import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import { invert, rasToLps } from './niftiAffine';
import type { NiftiVolume } from './niftiVolume';

/**
 * The label map of a NIfTI volume on the pixels of a CT series: the nearest voxel's label at each pixel's
 * place in the patient, 0 outside the volume. Holds whatever the two grids' directions, order and shear are.
 *
 * @returns one plane a slice, `rows * columns` each
 */
export function sampleLabels(volume: NiftiVolume, series: HeadCtSeries): Uint8Array[] {
  return series.slices.map((_, slice) => samplePlane(volume, series, slice));
}

function samplePlane(volume: NiftiVolume, series: HeadCtSeries, slice: number): Uint8Array {
  const { rows, columns } = series;
  const [rowSpacing, columnSpacing] = series.pixelSpacingMm;
  const toVoxel = invert(rasToLps(volume.affine));
  const start = toVoxel.map(row => dot(row, series.slices[slice].position) + row[3]);
  const perColumn = toVoxel.map(row => dot(row, series.rowDirection) * columnSpacing);
  const perRow = toVoxel.map(row => dot(row, series.columnDirection) * rowSpacing);
  const [nx, ny, nz] = volume.dimensions;
  const out = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const i = Math.round(start[0] + perRow[0] * row + perColumn[0] * column);
      const j = Math.round(start[1] + perRow[1] * row + perColumn[1] * column);
      const k = Math.round(start[2] + perRow[2] * row + perColumn[2] * column);
      if (i >= 0 && j >= 0 && k >= 0 && i < nx && j < ny && k < nz) {
        // Labels that were stored with a scale come back as 2.98 and the like.
        out[row * columns + column] = Math.round(volume.values[i + nx * (j + ny * k)]);
      }
    }
  }
  return out;
}

function dot(row: readonly number[], vector: readonly number[]): number {
  return row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2];
}
