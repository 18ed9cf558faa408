import { median } from '../../series/statistics';
import type { BrainSpace } from './findBrain';
import { minimise } from './minimise';
import { symmetryCost, vaultPlanes, type MidsagittalCandidate } from './symmetryCost';
import { CELL_MM } from './workingVolume';

/**
 * Where the head lies in a series: in each slice plane the mid-sagittal line and the antero-posterior middle.
 *
 * With `left` and `posterior` the in-plane patient coordinates (`inPlaneAxes`), the head's own axes are
 * `across = left cos(angle) + posterior sin(angle)` (towards the patient's left) and
 * `along = -left sin(angle) + posterior cos(angle)` (towards posterior). The middle of the slice at offset n
 * is at `across = lateralMm + lateralSlope (n - originMm)` and
 * `along = sagittalMm + sagittalSlope (n - originMm)`.
 */
export interface HeadFrame {
  readonly angleRad: number;
  /** Slice plane offset at which `lateralMm` and `sagittalMm` hold, mm. */
  readonly originMm: number;
  readonly lateralMm: number;
  readonly lateralSlope: number;
  readonly sagittalMm: number;
  readonly sagittalSlope: number;
  /** Mean difference of brightness between the head and its mirror image: high where symmetry is poor. */
  readonly asymmetry: number;
}

/** Heads are turned at most this far in the scanner, degrees. */
const GREATEST_TURN_DEG = 45;
const TURN_STEP_DEG = 3;
/** Roll beyond this is not searched: tan of about 22 degrees. */
const GREATEST_SLOPE = 0.4;
const REFINED_STARTS = 3;
const EVALUATIONS = 140;
/**
 * The AP middle of the vault shifts with the pitch of the slices against the head; more than
 * this is a misfit.
 */
const GREATEST_SAGITTAL_SLOPE = 0.45;
/** Shorter stacks of vault slices do not tell how the middle shifts from slice to slice, mm. */
const LEAST_SPAN_MM = 25;

const RADIANS = Math.PI / 180;

/** Middle of the head in the slice plane at `planeOffsetMm`, in the head's own in-plane axes, mm. */
export function frameMiddle(
  frame: HeadFrame,
  planeOffsetMm: number
): { readonly across: number; readonly along: number } {
  const n = planeOffsetMm - frame.originMm;
  return {
    across: frame.lateralMm + frame.lateralSlope * n,
    along: frame.sagittalMm + frame.sagittalSlope * n,
  };
}

/** Finds the head frame from the symmetry of skull and brain and the extent of the intracranial space. */
export function findHeadFrame(brain: BrainSpace): HeadFrame {
  const planes = vaultPlanes(brain);
  const offsets = planes.map(z => brain.volume.planeOffsetsMm[z]);
  const originMm = offsets.reduce((sum, offset) => sum + offset, 0) / offsets.length;
  const { candidate, cost } = findMidsagittal(brain, planes, originMm);
  const line = sagittalMiddle(brain, planes, candidate.angleRad, originMm);
  return { ...candidate, originMm, sagittalMm: line.at, sagittalSlope: line.slope, asymmetry: cost };
}

function findMidsagittal(
  brain: BrainSpace,
  planes: readonly number[],
  originMm: number
): { readonly candidate: MidsagittalCandidate; readonly cost: number } {
  const cost = symmetryCost(brain, planes, originMm);
  const centroids = planes.map(z => centroid(brain, z));
  const offsets = planes.map(z => brain.volume.planeOffsetsMm[z] - originMm);
  const starts: { candidate: MidsagittalCandidate; value: number }[] = [];
  for (let turn = -GREATEST_TURN_DEG; turn <= GREATEST_TURN_DEG; turn += TURN_STEP_DEG) {
    const angleRad = turn * RADIANS;
    const across = centroids.map(
      ([left, posterior]) => left * Math.cos(angleRad) + posterior * Math.sin(angleRad)
    );
    const line = fitLine(offsets, across, spanOf(offsets) < LEAST_SPAN_MM ? 0 : GREATEST_SLOPE);
    const candidate = { angleRad, lateralMm: line.at, lateralSlope: line.slope };
    starts.push({ candidate, value: cost(candidate) });
  }
  starts.sort((a, b) => a.value - b.value);
  const refined = starts
    .slice(0, REFINED_STARTS)
    .map(start => refine(cost, start.candidate, spanOf(offsets) >= LEAST_SPAN_MM));
  refined.sort((a, b) => a.cost - b.cost);
  return refined[0];
}

function refine(
  cost: (candidate: MidsagittalCandidate) => number,
  start: MidsagittalCandidate,
  withSlope: boolean
): { readonly candidate: MidsagittalCandidate; readonly cost: number } {
  const toCandidate = (p: readonly number[]): MidsagittalCandidate => ({
    angleRad: p[0],
    lateralMm: p[1],
    lateralSlope: withSlope ? p[2] : 0,
  });
  const penalised = (p: readonly number[]): number =>
    cost(toCandidate(p)) + (withSlope ? 100 * Math.max(0, Math.abs(p[2]) - GREATEST_SLOPE) : 0);
  const first = [start.angleRad, start.lateralMm, start.lateralSlope];
  const steps = [3 * RADIANS, 4, 0.05];
  const parameters = withSlope ? 3 : 2;
  const found = minimise(penalised, first.slice(0, parameters), steps.slice(0, parameters), EVALUATIONS);
  return { candidate: toCandidate(found.point), cost: found.value };
}

/** Mean in-plane coordinates (left, posterior) of the intracranial cells of a plane, mm. */
function centroid(brain: BrainSpace, z: number): readonly [number, number] {
  const { width, left0, posterior0 } = brain.volume;
  let [sumX, sumY, count] = [0, 0, 0];
  brain.masks[z].forEach((set, i) => {
    if (set) {
      sumX += i % width;
      sumY += Math.floor(i / width);
      count++;
    }
  });
  return [left0 + (CELL_MM * sumX) / count, posterior0 + (CELL_MM * sumY) / count];
}

function sagittalMiddle(
  brain: BrainSpace,
  planes: readonly number[],
  angleRad: number,
  originMm: number
): { readonly at: number; readonly slope: number } {
  const offsets = planes.map(z => brain.volume.planeOffsetsMm[z] - originMm);
  const middles = planes.map(z => extentMiddle(brain, z, angleRad));
  return fitLine(offsets, middles, spanOf(offsets) < LEAST_SPAN_MM ? 0 : GREATEST_SAGITTAL_SLOPE);
}

/**
 * Midpoint of the intracranial extent along the head's AP axis; the outermost half percent at either end
 * is ignored, mm.
 */
function extentMiddle(brain: BrainSpace, z: number, angleRad: number): number {
  const { width, left0, posterior0 } = brain.volume;
  const [cos, sin] = [Math.cos(angleRad), Math.sin(angleRad)];
  const along: number[] = [];
  brain.masks[z].forEach((set, i) => {
    if (set) {
      const left = left0 + CELL_MM * (i % width);
      const posterior = posterior0 + CELL_MM * Math.floor(i / width);
      along.push(-left * sin + posterior * cos);
    }
  });
  const sorted = Float64Array.from(along).sort();
  const trim = Math.floor(sorted.length * 0.005);
  return (sorted[trim] + sorted[sorted.length - 1 - trim]) / 2;
}

function spanOf(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

/** Robust straight line: median of pairwise slopes within a limit, then median of what is left. */
function fitLine(
  x: readonly number[],
  y: readonly number[],
  greatestSlope: number
): { readonly at: number; readonly slope: number } {
  const slopes: number[] = [];
  for (let i = 0; i < x.length; i++) {
    for (let j = i + 1; j < x.length; j++) {
      if (Math.abs(x[j] - x[i]) > 1) {
        slopes.push((y[j] - y[i]) / (x[j] - x[i]));
      }
    }
  }
  const free = slopes.length ? median(slopes) : 0;
  const slope = Math.max(-greatestSlope, Math.min(greatestSlope, free));
  return { at: median(y.map((value, i) => value - slope * x[i])), slope };
}
