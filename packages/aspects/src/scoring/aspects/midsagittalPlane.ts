import { affineX, affineY } from '../../base/affine2';
import { findBrain } from '../preprocessing/findBrain';
import { findHeadFrame, frameMiddle } from '../preprocessing/headFrame';
import type { HeadCtSeries, Vec3 } from '../../series/headCtSeries';
import { Refusal } from '../../base/refusal';
import { inPlaneAxes, pixelToPlane, voxelVolumeMl } from '../../series/sliceGeometry';
import { median } from '../../series/statistics';
import { dot, length, normalise, scale, subtract, vec3 } from '../../series/vec3';
import { ASPECTS_REGIONS, segmentIndexOf } from './regions';

/** `dot(towardsLeft, point) > offsetMm` is the patient's left half of the head. */
export interface MidsagittalPlane {
  /** Unit normal in patient coordinates. */
  readonly towardsLeft: Vec3;
  readonly offsetMm: number;
}

/** Regions smaller than this say nothing about the middle, ml. */
const LEAST_REGION_ML = 0.3;
const LEAST_PAIRS = 3;

/**
 * The mid-sagittal plane half-way between paired regions, a function of the label maps alone, so that a first
 * score and a correction agree. Where fewer than three pairs exist it is found from the images, and without a
 * brain in the images it is the sagittal plane through the middle of the first slice.
 */
export function midsagittalPlane(series: HeadCtSeries, regions: readonly Uint8Array[]): MidsagittalPlane {
  return planeBetweenPairs(series, regions) ?? planeFromImages(series);
}

function planeBetweenPairs(
  series: HeadCtSeries,
  regions: readonly Uint8Array[]
): MidsagittalPlane | undefined {
  const centroids = segmentCentroids(series, regions);
  const pairs = ASPECTS_REGIONS.flatMap(({ id }) => {
    const left = centroids[segmentIndexOf(id, 'left')];
    const right = centroids[segmentIndexOf(id, 'right')];
    return left && right ? [{ left, right }] : [];
  });
  if (pairs.length < LEAST_PAIRS) {
    return undefined;
  }
  const spread = pairs.map(({ left, right }) => normalise(subtract(left, right)));
  const sum = spread.reduce<Vec3>((a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]], [0, 0, 0]);
  if (!(length(sum) > 0.5)) {
    return undefined;
  }
  const towardsLeft = normalise(sum);
  const middles = pairs.map(({ left, right }) => (dot(towardsLeft, left) + dot(towardsLeft, right)) / 2);
  return { towardsLeft, offsetMm: median(middles) };
}

/** Centre of mass by segment index in patient coordinates; undefined for small or absent segments. */
function segmentCentroids(series: HeadCtSeries, regions: readonly Uint8Array[]): (Vec3 | undefined)[] {
  const count = 2 * ASPECTS_REGIONS.length + 1;
  const sums = new Float64Array(count * 4);
  const { left, posterior } = inPlaneAxes(series.normal);
  regions.forEach((plane, slice) => {
    const ml = voxelVolumeMl(series, slice);
    const map = pixelToPlane(series, slice);
    for (let i = 0; i < plane.length; i++) {
      const segment = plane[i];
      if (segment && segment < count) {
        const column = i % series.columns;
        const row = (i - column) / series.columns;
        sums[segment * 4] += ml;
        sums[segment * 4 + 1] += ml * affineX(map, column, row);
        sums[segment * 4 + 2] += ml * affineY(map, column, row);
        sums[segment * 4 + 3] += ml * series.planeOffsetsMm[slice];
      }
    }
  });
  return Array.from({ length: count }, (_, segment) => {
    const [ml, l, p, n] = sums.subarray(segment * 4, segment * 4 + 4);
    if (ml < LEAST_REGION_ML) {
      return undefined;
    }
    return vec3(k => (l * left[k] + p * posterior[k] + n * series.normal[k]) / ml);
  });
}

function planeFromImages(series: HeadCtSeries): MidsagittalPlane {
  const { left, posterior } = inPlaneAxes(series.normal);
  try {
    const frame = findHeadFrame(findBrain(series));
    const [cos, sin] = [Math.cos(frame.angleRad), Math.sin(frame.angleRad)];
    const tilted = vec3(k => left[k] * cos + posterior[k] * sin - frame.lateralSlope * series.normal[k]);
    const shrink = 1 / length(tilted);
    return { towardsLeft: scale(tilted, shrink), offsetMm: frameMiddle(frame, 0).across * shrink };
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    const map = pixelToPlane(series, 0);
    const [column, row] = [(series.columns - 1) / 2, (series.rows - 1) / 2];
    return { towardsLeft: left, offsetMm: affineX(map, column, row) };
  }
}

/**
 * Infarct of one class outside the regions on each side of a plane, ml.
 *
 * @param regions segment indices, one plane a slice.
 * @param infarct classes of `INFARCT_CLASS`, one plane a slice.
 */
export function unassignedInfarctMl(
  series: HeadCtSeries,
  regions: readonly Uint8Array[],
  infarct: readonly Uint8Array[],
  plane: MidsagittalPlane,
  infarctClass: number
): { readonly left: number; readonly right: number } {
  const sums = { left: 0, right: 0 };
  const perColumn = dot(plane.towardsLeft, series.rowDirection) * series.pixelSpacingMm[1];
  const perRow = dot(plane.towardsLeft, series.columnDirection) * series.pixelSpacingMm[0];
  infarct.forEach((mask, slice) => {
    if (!mask.includes(infarctClass)) {
      return;
    }
    const ml = voxelVolumeMl(series, slice);
    const start = dot(plane.towardsLeft, series.slices[slice].position) - plane.offsetMm;
    for (let i = 0; i < mask.length; i++) {
      if (mask[i] === infarctClass && !regions[slice][i]) {
        const column = i % series.columns;
        const row = (i - column) / series.columns;
        sums[start + column * perColumn + row * perRow > 0 ? 'left' : 'right'] += ml;
      }
    }
  });
  return sums;
}
