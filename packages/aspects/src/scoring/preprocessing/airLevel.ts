import type { WorkingVolume } from './workingVolume';

// Bound once for the loops over cells: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
const { abs, max } = Math;

/** What can be air that was measured, and neither padding nor the floor of the scale, HU. */
const AIR_HU: readonly [number, number] = [-1022, -860];
/** The commonest value is looked for over so many HU to either side. */
const HALF_WIDTH_HU = 2;
/** Fewer cells than this about their commonest value, as a part of the plane, tell nothing. */
const LEAST_SHARE = 0.05;
/**
 * Where a plane keeps this part of its air at the level of the others, something else fills the rest
 * (foam, a headrest).
 */
const KEPT_SHARE = 0.2;
/**
 * Limits in HU; in brackets what sound scans have at most. Free air is what scanners are calibrated with: a
 * plane's level differs from that of the others by less (3 in three real scans), and the level of all
 * from -1000 (1).
 */
const LEAST_STEP_HU = 6;
const LEAST_OFFSET_HU = 6;
/** A floor of the scale, with noise above it, looks like air at this level, HU. */
const FLOOR_HU = -1016;
/**
 * A scale that ends at -1000 HU: fewer cells below than this part of all air, and more than this part off the
 * level by noise.
 */
const CUT_SHARE = 0.005;
const SPREAD_SHARE = 0.15;
const NOISE_HU = 12;
/** Air above -1000 may be scattered light; together with brain at least this bright it is an offset, HU. */
const BRIGHT_BRAIN_HU = 34;
/** Scattered light does not brighten air by more than this: the scale is wrong, whatever the brain's, HU. */
const FAR_OFFSET_HU = 40;

/**
 * What the air around the head tells of the scale: an offset or a drift that was added to whole slices moves
 * air with brain. Brain alone does not tell: its median differs by 18 HU between sound patients.
 *
 * @param medianHu of the brain
 * @returns what is doubtful, for sentences
 */
export function airDoubts({ planes }: Pick<WorkingVolume, 'planes'>, medianHu: number): string[] {
  const histograms = planes.map(airHistogram);
  const levels = histograms.map((histogram, z) => airLevel(histogram, planes[z].length));
  const told = levels.filter((level): level is number => level !== undefined);
  if (told.length === 0) {
    return [];
  }
  // One that is there: between two halves of a stack, the mean would be near to both.
  const usual = [...told].sort((a, b) => a - b)[(told.length - 1) >> 1];
  const moved = levels.flatMap((level, z) =>
    level !== undefined && abs(level - usual) > LEAST_STEP_HU && hasMoved(histograms[z], level, usual)
      ? [level]
      : []
  );
  const isLow = usual < -1000 - LEAST_OFFSET_HU && usual > FLOOR_HU;
  const isBright =
    usual > -1000 + LEAST_OFFSET_HU && medianHu >= BRIGHT_BRAIN_HU && !isCutOff(histograms, usual);
  const isHigh = isBright || usual > -1000 + FAR_OFFSET_HU;
  return [
    ...(moved.length > 0
      ? [
          `The air around the head lies at ${usual.toFixed(0)} HU, in ${moved.length} of ${planes.length} planes at ` +
            `${Math.min(...moved).toFixed(0)} to ${max(...moved).toFixed(0)} HU`,
        ]
      : []),
    ...(isLow || isHigh ? [`The air around the head lies at ${usual.toFixed(0)} HU instead of -1000`] : []),
  ];
}

/** Cells by HU, from the lowest of `AIR_HU` on. */
function airHistogram(plane: Int16Array): Uint32Array {
  const [least, greatest] = AIR_HU;
  const histogram = new Uint32Array(greatest - least + 1);
  for (let i = 0; i < plane.length; i++) {
    if (plane[i] >= least && plane[i] <= greatest) {
      histogram[plane[i] - least]++;
    }
  }
  return histogram;
}

/** The mean of the commonest attenuations of air in a plane, HU. */
function airLevel(histogram: Uint32Array, cells: number): number | undefined {
  let [most, level] = [0, 0];
  for (let hu = AIR_HU[0]; hu <= AIR_HU[1]; hu++) {
    const count = countAbout(histogram, hu);
    if (count > most) {
      [most, level] = [count, hu];
    }
  }
  return most >= LEAST_SHARE * cells ? meanAbout(histogram, level) : undefined;
}

function hasMoved(histogram: Uint32Array, level: number, usual: number): boolean {
  return countAbout(histogram, usual) < KEPT_SHARE * countAbout(histogram, level);
}

/** Noise that a scale cuts off at -1000 HU has a mean above it: nothing lies below, though values differ. */
function isCutOff(histograms: readonly Uint32Array[], usual: number): boolean {
  const [below, about, around] = [
    [AIR_HU[0], -1001],
    [Math.round(usual) - HALF_WIDTH_HU, Math.round(usual) + HALF_WIDTH_HU],
    [Math.round(usual) - NOISE_HU, Math.round(usual) + NOISE_HU],
  ].map(([from, to]) =>
    histograms.reduce(
      (sum, histogram) =>
        sum +
        histogram
          .subarray(max(0, from - AIR_HU[0]), to - AIR_HU[0] + 1)
          .reduce((all, count) => all + count, 0),
      0
    )
  );
  return below < CUT_SHARE * about && around - about > SPREAD_SHARE * around;
}

/** Many windows hold all air where it has no noise: the mean does not depend on which is taken. */
function meanAbout(histogram: Uint32Array, hu: number): number {
  const first = max(0, hu - HALF_WIDTH_HU - AIR_HU[0]);
  const counts = histogram.subarray(first, hu + HALF_WIDTH_HU - AIR_HU[0] + 1);
  const moment = counts.reduce((sum, count, i) => sum + count * (first + i), 0);
  return AIR_HU[0] + moment / counts.reduce((sum, count) => sum + count, 0);
}

function countAbout(histogram: Uint32Array, hu: number): number {
  const middle = Math.round(hu) - AIR_HU[0];
  let count = 0;
  for (let i = max(0, middle - HALF_WIDTH_HU); i <= middle + HALF_WIDTH_HU && i < histogram.length; i++) {
    count += histogram[i];
  }
  return count;
}
