import { gridToPixel, resampleSlice } from '@deep-aspects/aspects/scoring';
import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import type { SymmetryFrame } from './symmetryFrame';

/** Pixels of a side of the picture, and their size, mm: a head with its skull. */
export const PICTURE_SIZE = 480;
const PICTURE_SPACING_MM = 0.5;

/** Window width and centre, HU. */
export const WINDOWS = {
  stroke: { width: 40, center: 40 },
  brain: { width: 80, center: 40 },
} as const;

export type WindowName = keyof typeof WINDOWS;

/**
 * A slice as grey values, `PICTURE_SIZE` squared: the mid-sagittal line stands upright in the middle, columns
 * run towards the patient's left, rows towards posterior. What is outside the image is black.
 */
export function straightSlice(
  series: HeadCtSeries,
  frame: SymmetryFrame,
  slice: number,
  window: WindowName
): Uint8ClampedArray {
  const map = gridToPixel(series, { ...frame, asymmetry: 0 }, slice, PICTURE_SIZE, PICTURE_SPACING_MM);
  const hu = resampleSlice(series.slices[slice].hu, series.rows, series.columns, map, PICTURE_SIZE);
  const { width, center } = WINDOWS[window];
  const grey = new Uint8ClampedArray(hu.length);
  for (let i = 0; i < hu.length; i++) {
    grey[i] = ((hu[i] - center) / width + 0.5) * 255;
  }
  return grey;
}
