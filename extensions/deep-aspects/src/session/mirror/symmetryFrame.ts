import { type HeadFrame, midsagittalPlane } from '@deep-aspects/aspects/scoring';
import {
  affineX,
  affineY,
  dot,
  type HeadCtSeries,
  inPlaneAxes,
  pixelToPlane,
} from '@deep-aspects/aspects/series';

/** Slices that are looked at, so that a series of hundreds takes no longer than one of a few. */
const MOST_SLICES = 24;
/** Every so many pixels count for the antero-posterior middle. */
const STRIDE = 7;

const NOTHING = new Uint8Array();

export type SymmetryFrame = Omit<HeadFrame, 'asymmetry'>;

/**
 * Where the head lies, from the label maps of a result: the mid-sagittal plane that the score itself uses,
 * and the antero-posterior middle of the regions.
 *
 * @param regions segment indices 0-20, one plane a slice.
 */
export function symmetryFrame(series: HeadCtSeries, regions: readonly Uint8Array[]): SymmetryFrame {
  const step = Math.ceil(regions.length / MOST_SLICES);
  const sampled = regions.map((plane, slice) => (slice % step === 0 ? plane : NOTHING));
  const { towardsLeft, offsetMm } = midsagittalPlane(series, sampled);
  const { left, posterior } = inPlaneAxes(series.normal);
  const [l, p, n] = [left, posterior, series.normal].map(axis => dot(towardsLeft, axis));
  const inPlane = Math.hypot(l, p);
  const angleRad = Math.atan2(p, l);
  return {
    angleRad,
    originMm: 0,
    lateralMm: offsetMm / inPlane,
    lateralSlope: -n / inPlane,
    sagittalMm: meanAlong(series, sampled, angleRad),
    sagittalSlope: 0,
  };
}

/** Mean of the labelled pixels along the mid-sagittal line, mm; of all pixels where none is labelled. */
function meanAlong(series: HeadCtSeries, regions: readonly Uint8Array[], angleRad: number): number {
  const [cos, sin] = [Math.cos(angleRad), Math.sin(angleRad)];
  let sum = 0;
  let count = 0;
  const add = (slice: number, pixel: number) => {
    const map = pixelToPlane(series, slice);
    const column = pixel % series.columns;
    const row = (pixel - column) / series.columns;
    const left = affineX(map, column, row);
    const posterior = affineY(map, column, row);
    sum += posterior * cos - left * sin;
    count++;
  };
  regions.forEach((plane, slice) => {
    for (let pixel = 0; pixel < plane.length; pixel += STRIDE) {
      if (plane[pixel] !== 0) {
        add(slice, pixel);
      }
    }
  });
  if (count === 0) {
    const [middle, centre] = [series.slices.length >> 1, (series.rows >> 1) * series.columns];
    add(middle, centre + (series.columns >> 1));
  }
  return sum / count;
}
