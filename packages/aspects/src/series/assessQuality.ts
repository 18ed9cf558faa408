import type { CtInstanceMetadata } from './ctInstance';
import type { CtSlice, QualityWarning } from './headCtSeries';
import { descriptionOf, describesContrast, describesSpectral, hasContrastAgent } from './description';
import { kernelKind } from './kernel';
import { gapSurroundings, sliceDistances, sliceExtents } from './sliceGeometry';
import type { SliceStack } from './stackSlices';
import { median } from './statistics';

/** Early change is of 3 to 6 HU. */
const COARSE_STEP_HU = 2;
/** Fewer slices than this part of all are others than the rest. */
const OTHER_SHARE = 0.5;
/** Slopes that are another number for 1, or a wrong one; in files 1 may be rounded. */
const NEAR_ONE: readonly [number, number] = [0.8, 1.25];
const SLOPE_ERROR = 0.002;
/** Free air with its noise, HU, and its least part of all that is as low: the rest is padding, or foam. */
const AIR_HU: readonly [number, number] = [-1020, -960];
const LEAST_AIR_SHARE = 0.3;
const AIR_SAMPLES = 7;
/** Slices that stand for more than this blur the small deep regions. */
const THICK_MM = 6;
/** Share of the slices from which thickness is worth a warning. */
const THICK_SHARE = 0.25;
const LEAST_AMBIGUOUS = 3;
/** Pixel noise in soft tissue (standard deviation, HU) as only sharp kernels and very low doses have. */
const SHARP_NOISE_HU = 18;

/**
 * What a reader must know of the images before trusting a score; never a reason to refuse. Yields
 * between slices.
 */
export function* assessQuality(
  stack: SliceStack<CtInstanceMetadata>,
  slices: readonly CtSlice[],
  columns: number
): Generator<void, QualityWarning[]> {
  return [
    ...remarks(stack.instances),
    lossWarning(stack.instances),
    rescaleWarning(stack.instances),
    yield* slopeWarning(stack.instances, slices),
    spectralWarning(stack.instances),
    contrastWarning(stack.instances),
    yield* kernelWarning(stack.instances, slices, columns),
    thicknessWarning(stack),
    missingWarning(stack),
    ambiguityWarning(stack),
  ].filter((warning): warning is QualityWarning => warning !== undefined);
}

function remarks(instances: readonly CtInstanceMetadata[]): QualityWarning[] {
  return [...new Set(instances.map(({ remark }) => remark))]
    .filter((remark): remark is string => remark !== undefined)
    .map(message => ({ code: 'LOW_CONFIDENCE', message }));
}

/**
 * The difference of neighbouring stored values, HU: that of most slices, so that one that was stored
 * otherwise does not change what all may differ by.
 */
export function usualStepHu(instances: readonly CtInstanceMetadata[]): number {
  return median(stepsHu(instances));
}

function stepsHu(instances: readonly CtInstanceMetadata[]): number[] {
  return instances.map(({ rescaleSlope }) => Math.abs(rescaleSlope ?? 1));
}

function lossWarning(instances: readonly CtInstanceMetadata[]): QualityWarning | undefined {
  const steps = stepsHu(instances);
  const stepHu = Math.max(...steps);
  const isLossy = instances.some(instance => instance.isLossy === true);
  if (!isLossy && stepHu < COARSE_STEP_HU) {
    return undefined;
  }
  const coarse = steps.filter(step => step >= COARSE_STEP_HU).length;
  const which = coarse === steps.length ? 'The images have' : `${coarse} of ${steps.length} slices have`;
  const what = isLossy ? 'The images were compressed with loss' : `${which} steps of ${stepHu} HU`;
  return { code: 'LOSSY_COMPRESSION', message: `${what}: early change of a few HU may be lost.` };
}

/**
 * A scanner rescales all slices of a scan alike. One with another slope or intercept may still look like its
 * neighbours. Where each slice has its own, a program has scaled them one by one, and none is another.
 */
function rescaleWarning(instances: readonly CtInstanceMetadata[]): QualityWarning | undefined {
  const rescales = instances.map(
    ({ rescaleSlope = 1, rescaleIntercept = 0 }) => `${rescaleSlope} ${rescaleIntercept}`
  );
  const counts = new Map<string, number>();
  rescales.forEach(rescale => counts.set(rescale, (counts.get(rescale) ?? 0) + 1));
  const others = rescales.length - Math.max(...counts.values());
  return others > 0 && others < OTHER_SHARE * rescales.length
    ? {
        code: 'LOW_CONFIDENCE',
        message: `${others} of ${rescales.length} slices have another Rescale Slope or Intercept (0028,1053), (0028,1052) than the rest: check these slices.`,
      }
    : undefined;
}

/**
 * A slope near 1 that is not 1 is no scanner's. Some program's may be right, and then air lies at -1000 HU;
 * with one that is too great it falls below the floor of the scale, where only padding is otherwise.
 */
function* slopeWarning(
  instances: readonly CtInstanceMetadata[],
  slices: readonly CtSlice[]
): Generator<void, QualityWarning | undefined> {
  const slope = usualStepHu(instances);
  if (slope < NEAR_ONE[0] || slope > NEAR_ONE[1] || Math.abs(slope - 1) < SLOPE_ERROR) {
    return undefined;
  }
  let [low, air] = [0, 0];
  for (const { hu } of slices) {
    for (let i = 0; i < hu.length; i += AIR_SAMPLES) {
      low += hu[i] < AIR_HU[1] ? 1 : 0;
      air += hu[i] > AIR_HU[0] && hu[i] < AIR_HU[1] ? 1 : 0;
    }
    yield;
  }
  return air < LEAST_AIR_SHARE * low
    ? {
        code: 'LOW_CONFIDENCE',
        message: `Rescale Slope (0028,1053) is ${slope}, and air does not lie at -1000 HU: attenuations may be scaled wrongly, and the score with them.`,
      }
    : undefined;
}

function spectralWarning(instances: readonly CtInstanceMetadata[]): QualityWarning | undefined {
  return instances.some(describesSpectral)
    ? {
        code: 'NOT_PLAIN_CT',
        message:
          'The series seems to show one energy or material, a projection or a map (keV, iodine, virtual non-contrast, MIP, ' +
          'perfusion): the networks are made for plain CT.',
      }
    : undefined;
}

function contrastWarning(instances: readonly CtInstanceMetadata[]): QualityWarning | undefined {
  const agent = instances.find(hasContrastAgent)?.contrastBolusAgent;
  if (agent === undefined && !instances.some(describesContrast)) {
    return undefined;
  }
  const named = agent === undefined ? '' : ` (${agent.trim()})`;
  return {
    code: 'CONTRAST_ENHANCED',
    message: `The series seems to be contrast-enhanced${named}; the networks are made for plain CT.`,
  };
}

function* kernelWarning(
  instances: readonly CtInstanceMetadata[],
  slices: readonly CtSlice[],
  columns: number
): Generator<void, QualityWarning | undefined> {
  const first = instances[0];
  if (kernelKind(first.convolutionKernel, descriptionOf(first)) === 'sharp') {
    const name = first.convolutionKernel?.trim() || first.seriesDescription || '';
    return {
      code: 'SHARP_KERNEL',
      message: `Sharp reconstruction kernel (${name}): a soft-tissue series scores better.`,
    };
  }
  const noises: number[] = [];
  for (const slice of middleSlices(slices)) {
    noises.push(tissueNoiseHu(slice.hu, columns));
    yield;
  }
  const noise = median(noises.filter(Number.isFinite));
  if (noise > SHARP_NOISE_HU) {
    return {
      code: 'SHARP_KERNEL',
      message: `Noise of ${noise.toFixed(0)} HU in soft tissue (sharp kernel or low dose): a smoother series scores better.`,
    };
  }
  return undefined;
}

function middleSlices(slices: readonly CtSlice[]): readonly CtSlice[] {
  const start = Math.floor(slices.length * 0.4);
  return slices.slice(start, Math.max(start + 1, Math.ceil(slices.length * 0.7)));
}

/**
 * Standard deviation of pixel noise in soft tissue, HU, from differences to the mean of two
 * neighbours in a row.
 */
function tissueNoiseHu(hu: Int16Array, columns: number): number {
  const residuals: number[] = [];
  for (let i = columns + 2; i < hu.length - columns - 2; i += 3) {
    const smooth = (hu[i - 2] + hu[i + 2] + hu[i - columns] + hu[i + columns]) / 4;
    if (smooth > 0 && smooth < 80) {
      residuals.push(Math.abs(hu[i] - (hu[i - 2] + hu[i + 2]) / 2));
    }
  }
  // Median absolute deviation to standard deviation, then the variance of v - (a + b) / 2, which is 1.5
  // times the noise's.
  return residuals.length < 200 ? NaN : (1.4826 * median(residuals)) / Math.sqrt(1.5);
}

function thicknessWarning(stack: SliceStack<CtInstanceMetadata>): QualityWarning | undefined {
  const extents = sliceExtents(stack.planeOffsetsMm);
  const thickness = extents.map((extent, i) => Math.max(extent, stack.instances[i].sliceThickness ?? 0));
  const thick = thickness.filter(value => value > THICK_MM);
  if (thick.length < THICK_SHARE * thickness.length) {
    return undefined;
  }
  return {
    code: 'THICK_SLICES',
    message: `${thick.length} of ${thickness.length} slices are thicker than ${THICK_MM} mm: small regions are blurred.`,
  };
}

function missingWarning(stack: SliceStack<CtInstanceMetadata>): QualityWarning | undefined {
  const gaps = missingGaps(stack);
  if (gaps.length === 0 && stack.strayCount === 0) {
    return undefined;
  }
  const parts: string[] = [];
  if (gaps.length > 0) {
    const lengths = gaps.map(gap => gap.toFixed(1)).join(', ');
    parts.push(`Slices seem to be missing: gaps of ${lengths} mm between slices.`);
  }
  if (stack.strayCount > 0) {
    parts.push(
      `${stack.strayCount} images that do not belong to this scan (localizer, screen capture, other orientation or size, no position) ` +
        'were left out.'
    );
  }
  return { code: 'MISSING_SLICES', message: parts.join(' ') };
}

/**
 * Scanners show a plane twice at the seam of two rotations; more of that is a second phase or time in
 * one acquisition.
 */
function ambiguityWarning({
  ambiguousCount,
  instances,
}: SliceStack<CtInstanceMetadata>): QualityWarning | undefined {
  return ambiguousCount < LEAST_AMBIGUOUS
    ? undefined
    : {
        code: 'REPEATED_SLICES',
        message:
          `${ambiguousCount} images repeat positions of the other ${instances.length}, and nothing in them distinguishes the plain ` +
          'scan from a repeated or contrast-enhanced one: the images with the lower numbers were scored.',
      };
}

/** Distances (mm) that are too long for the distances around them and for the slices' thickness. */
export function missingGaps({ planeOffsetsMm, instances }: SliceStack<CtInstanceMetadata>): number[] {
  const distances = sliceDistances(planeOffsetsMm);
  const thickness = instances.map(({ sliceThickness }) => sliceThickness);
  return distances.filter((_, i) => gapSurroundings(distances, i, thickness) !== undefined);
}
