import type { CtInstanceMetadata } from './ctInstance';
import type { CtSlice, QualityWarning } from './headCtSeries';
import { descriptionOf, describesContrast, describesSpectral } from './description';
import { kernelKind } from './kernel';
import { gapSurroundings, sliceDistances, sliceExtents } from './sliceGeometry';
import { hasContrastAgent, type SliceStack } from './stackSlices';
import { median } from './statistics';

/** Early change is of 3 to 6 HU. */
const COARSE_STEP_HU = 4;
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

/** The largest difference of neighbouring stored values, HU. */
export function coarsestStepHu(instances: readonly CtInstanceMetadata[]): number {
  return Math.max(...instances.map(({ rescaleSlope }) => Math.abs(rescaleSlope ?? 1)));
}

function lossWarning(instances: readonly CtInstanceMetadata[]): QualityWarning | undefined {
  const stepHu = coarsestStepHu(instances);
  const isLossy = instances.some(instance => instance.isLossy === true);
  if (!isLossy && stepHu < COARSE_STEP_HU) {
    return undefined;
  }
  const what = isLossy ? 'The images were compressed with loss' : `The images have steps of ${stepHu} HU`;
  return { code: 'LOSSY_COMPRESSION', message: `${what}: early change of a few HU may be lost.` };
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
