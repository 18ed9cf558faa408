import { gridToPixel, type HeadFrame, type NetworkInput } from '@deep-aspects/aspects/scoring';
import { affineX, affineY, type HeadCtSeries } from '@deep-aspects/aspects/series';

/**
 * A native label plane on the network grid: the label of the nearest pixel, 0 outside the image. Labels of
 * one slice, as each network run answers for the slice in the middle of its slabs.
 */
export function gridLabels(
  plane: Uint8Array,
  series: HeadCtSeries,
  frame: HeadFrame,
  slice: number,
  { size, pixelSpacingMm }: NetworkInput
): Uint8Array {
  const map = gridToPixel(series, frame, slice, size, pixelSpacingMm);
  const out = new Uint8Array(size * size);
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++, i++) {
      const column = Math.round(affineX(map, x, y));
      const row = Math.round(affineY(map, x, y));
      if (column >= 0 && row >= 0 && column < series.columns && row < series.rows) {
        out[i] = plane[row * series.columns + column];
      }
    }
  }
  return out;
}
