import type { HeadCtSeries } from '../../series/headCtSeries';
import { voxelVolumeMl } from '../../series/sliceGeometry';
import { INFARCT_CLASS } from './infarctClasses';
import { ASPECTS_REGIONS } from './regions';
import { round } from './round';

/** Number of segment indices, background included. */
const SEGMENTS = 2 * ASPECTS_REGIONS.length + 1;

/** What one segment (a region of one side) holds. */
export interface SegmentMeasure {
  readonly volumeMl: number;
  /** Acute infarct. */
  readonly infarctMl: number;
  readonly oldInfarctMl: number;
  readonly haemorrhageMl: number;
  /** Mean attenuation, HU; null for an empty segment. */
  readonly meanHu: number | null;
  /** Volume and infarct on each slice, ml. */
  readonly volumeBySliceMl: readonly number[];
  readonly infarctBySliceMl: readonly number[];
}

/**
 * Volumes by equation 1 of the paper with each slice's own extent, infarct within each segment,
 * and attenuation.
 *
 * @param regions segment indices 0-20, one plane a slice.
 * @param infarct classes of `INFARCT_CLASS`, one plane a slice.
 * @returns by segment index; index 0 is everything outside the regions.
 */
export function measureSegments(
  series: HeadCtSeries,
  regions: readonly Uint8Array[],
  infarct: readonly Uint8Array[]
): SegmentMeasure[] {
  const bySlice = series.slices.map((slice, i) => countSlice(slice.hu, regions[i], infarct[i]));
  const voxelMl = series.slices.map((_, i) => voxelVolumeMl(series, i));
  return Array.from({ length: SEGMENTS }, (_, segment) => measureOne(bySlice, voxelMl, segment));
}

/** Acute infarct in each segment, ml, rounded as results are. */
export function segmentInfarctMl(
  series: HeadCtSeries,
  regions: readonly Uint8Array[],
  infarct: readonly Uint8Array[]
): number[] {
  const pixels = infarct.map((plane, slice) => {
    const counts = new Float64Array(SEGMENTS);
    for (let i = 0; i < plane.length; i++) {
      if (plane[i] === INFARCT_CLASS.acute) {
        counts[regions[slice][i]]++;
      }
    }
    return counts;
  });
  // Added up slice by slice, as `measureSegments` does: the last digit decides whether a reader has
  // redrawn a region.
  return Array.from({ length: SEGMENTS }, (_, segment) =>
    round(
      pixels.reduce((sum, counts, slice) => sum + counts[segment] * voxelVolumeMl(series, slice), 0),
      3
    )
  );
}

interface SliceCounts {
  readonly pixels: Float64Array;
  /** Pixels by segment of each class, from 1 on. */
  readonly classes: readonly Float64Array[];
  readonly hu: Float64Array;
}

function countSlice(hu: Int16Array, regions: Uint8Array, infarct: Uint8Array): SliceCounts {
  const counts: SliceCounts = {
    pixels: new Float64Array(SEGMENTS),
    classes: Object.values(INFARCT_CLASS).map(() => new Float64Array(SEGMENTS)),
    hu: new Float64Array(SEGMENTS),
  };
  for (let i = 0; i < hu.length; i++) {
    if (!regions[i] && !infarct[i]) {
      continue;
    }
    const segment = regions[i] < SEGMENTS ? regions[i] : 0;
    if (segment) {
      counts.pixels[segment]++;
      counts.hu[segment] += hu[i];
    }
    if (infarct[i]) {
      counts.classes[infarct[i] - 1][segment]++;
    }
  }
  return counts;
}

function measureOne(
  bySlice: readonly SliceCounts[],
  voxelMl: readonly number[],
  segment: number
): SegmentMeasure {
  const volumeBySliceMl = bySlice.map(({ pixels }, i) => pixels[segment] * voxelMl[i]);
  const classBySliceMl = (value: number): number[] =>
    bySlice.map(({ classes }, i) => classes[value - 1][segment] * voxelMl[i]);
  const infarctBySliceMl = classBySliceMl(INFARCT_CLASS.acute);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const volumeMl = sum(volumeBySliceMl);
  const huMl = sum(bySlice.map(({ hu }, i) => hu[segment] * voxelMl[i]));
  return {
    volumeMl,
    infarctMl: sum(infarctBySliceMl),
    oldInfarctMl: sum(classBySliceMl(INFARCT_CLASS.old)),
    haemorrhageMl: sum(classBySliceMl(INFARCT_CLASS.haemorrhage)),
    meanHu: volumeMl > 0 ? huMl / volumeMl : null,
    volumeBySliceMl,
    infarctBySliceMl,
  };
}
