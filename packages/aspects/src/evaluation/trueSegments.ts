import { affineX, invertAffine } from '../base/affine2';
import { segmentIndexOf, ASPECTS_REGIONS } from '../scoring/aspects/regions';
import type { HeadFrame } from '../scoring/preprocessing/headFrame';
import { gridToPixel } from '../scoring/preprocessing/networkGrid';
import type { HeadCtSeries } from '../series/headCtSeries';

/**
 * Labelled anatomy, which has no sides, as the sided segments that a score is made from: a voxel's side is
 * that of the mid-sagittal plane on which it lies.
 *
 * @param anatomy class ids of the anatomy manifest (1-10 are the regions), one plane a slice
 * @param frame the head frame found in the images, not in the labels
 * @returns segment indices 0-20, one plane a slice
 */
export function trueSegments(
  anatomy: readonly Uint8Array[],
  series: HeadCtSeries,
  frame: HeadFrame
): Uint8Array[] {
  return anatomy.map((plane, slice) => {
    // On a grid of one pixel the mid-sagittal line lies at x = 0, and x grows towards the patient's left.
    const toGrid = invertAffine(gridToPixel(series, frame, slice, 1, 1));
    return plane.map((label, pixel) => {
      const region = ASPECTS_REGIONS[label - 1];
      if (!region) {
        return 0;
      }
      const x = affineX(toGrid, pixel % series.columns, Math.floor(pixel / series.columns));
      return segmentIndexOf(region.id, x > 0 ? 'left' : 'right');
    });
  });
}
