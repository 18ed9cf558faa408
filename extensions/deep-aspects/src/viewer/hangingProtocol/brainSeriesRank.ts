/** Name of the hanging protocol attribute that `rankBrainSeries` computes. */
export const BRAIN_SERIES_RANK = 'deepAspects:brainSeriesRank';

/** Highest rank there is; 0 means "never show this as the brain series". */
export const MAX_RANK = 16;

/** The part of an OHIF display set that the rank is read from. */
export interface RankedDisplaySet {
  readonly Modality?: string;
  readonly SeriesDescription?: string;
  readonly numImageFrames?: number;
  /** Made in the viewer, e.g. a segmentation, not acquired. */
  readonly madeInClient?: boolean;
  readonly instances?: readonly RankedInstance[];
}

export interface RankedInstance {
  readonly ImageType?: readonly string[] | string;
  readonly ConvolutionKernel?: readonly string[] | string;
  readonly ContrastBolusAgent?: string;
  readonly SeriesDescription?: string;
  /** mm. */
  readonly SliceThickness?: number | string;
  readonly ImageOrientationPatient?: readonly (number | string)[];
}

const FEWEST_IMAGES = 5;
/** Thickness in mm of the usual brain reconstruction; thinner ones are noisy, made for reformats. */
const BRAIN_THICKNESS_MM = { from: 2.5, to: 10 };
/** Cosine of the largest angle between the slice normal and the body's long axis that still counts as axial (45 degrees). */
const AXIAL_COSINE = Math.SQRT1_2;

const BONE_DESCRIPTION = /\b(bone|knochen|os|osseux|hueso|sharp|temporal|petrous|sinus)\b/i;
/** GE BONE/EDGE/LUNG, Siemens H/Hr/J 50 and above, Philips YA-YE, Canon FC30-FC59. */
const SHARP_KERNEL = /\b(bone|bone\+|boneplus|edge|lung|detail|y[a-e]|[hj]r?[5-9]\d\w?|fc[345]\d)\b/i;
const CONTRAST_DESCRIPTION = /\b(cta|ctv|angio\w*|perf\w*|ctp|contrast|post|venous|arterial|delayed|c\+|\+c|with c|ce)(?!\w)/i;

/**
 * How fit a display set is to be read as the plain brain series, 0 (never) to `MAX_RANK`. In this order: without contrast,
 * soft-tissue kernel, slices of a brain reconstruction rather than thin ones, original rather than derived.
 */
export function rankBrainSeries(displaySet: RankedDisplaySet): number {
  const instance = displaySet.instances?.[0];
  if (!instance || displaySet.madeInClient || displaySet.Modality !== 'CT') {
    return 0;
  }
  const imageType = words(instance.ImageType).toUpperCase();
  const unfit =
    /LOCALIZER|SCOUT|SCREEN|DOSE|REPORT/.test(imageType) ||
    /^DERIVED SECONDARY/.test(imageType) ||
    (displaySet.numImageFrames ?? 0) < FEWEST_IMAGES ||
    !isAxial(instance.ImageOrientationPatient);
  if (unfit) {
    return 0;
  }
  const description = `${displaySet.SeriesDescription ?? instance.SeriesDescription ?? ''}`;
  const thickness = Number(instance.SliceThickness);
  const plain = !instance.ContrastBolusAgent && !CONTRAST_DESCRIPTION.test(description);
  const soft = !BONE_DESCRIPTION.test(description) && !SHARP_KERNEL.test(words(instance.ConvolutionKernel));
  const thick = thickness >= BRAIN_THICKNESS_MM.from && thickness <= BRAIN_THICKNESS_MM.to;
  const original = imageType.startsWith('ORIGINAL PRIMARY');
  return 1 + 8 * Number(plain) + 4 * Number(soft) + 2 * Number(thick) + Number(original);
}

function words(value: readonly string[] | string | undefined): string {
  return typeof value === 'string' ? value.replaceAll('\\', ' ') : (value ?? []).join(' ');
}

/** The normal's z component says how axial the slices are; a tilted gantry is axial still. */
function isAxial(orientation: RankedInstance['ImageOrientationPatient']): boolean {
  if (orientation?.length !== 6) {
    return false;
  }
  const [rowX, rowY, , columnX, columnY] = orientation.map(Number);
  return Math.abs(rowX * columnY - rowY * columnX) >= AXIAL_COSINE;
}
