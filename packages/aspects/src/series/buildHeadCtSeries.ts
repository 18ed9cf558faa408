import { assessQuality, missingGaps, usualStepHu } from './assessQuality';
import { checkGeometry } from './checkGeometry';
import { checkSliceFit } from './checkSliceFit';
import { contradictions } from './contradictions';
import type { CtInstance, CtInstanceMetadata } from './ctInstance';
import type { CtSlice, HeadCtSeries } from './headCtSeries';
import { instanceKind, missingGeometry, type InstanceKind } from './instanceKind';
import { mixedScans } from './mixedScans';
import { readSlices } from './readSlices';
import { Refusal } from '../base/refusal';
import { findRepetition } from './repeatedSlices';
import { extentsAcrossGaps, tiltOfNormal } from './sliceGeometry';
import type { PlacedSlices } from './slicePreviews';
import { stackSlices, type SliceStack } from './stackSlices';

export interface BuildOptions {
  /** Fewest planes that are scored; ASPECTS was defined on two. */
  readonly minimumSlices?: number;
}

/** Geometry that shows no tilt may still be tagged with one; below this the geometry counts. */
const TAGGED_TILT_DEG = 1;

/**
 * A scout or two may lie without geometry among the slices; more of them, of all images, and the
 * series is damaged.
 */
const MOST_PLACELESS_SHARE = 0.1;

/**
 * A head CT series from its instances, in any order.
 *
 * Localizers, screen captures and other strays among the instances are left out as long as most of them are
 * axial CT. Pixels are read only after the metadata were found fit. Whether the body part is a head with a
 * brain shows later (`findBrain`), from the pixels: Body Part Examined is often wrong.
 *
 * @throws Refusal NOT_CT, SECONDARY_CAPTURE, LOCALIZER, NOT_AXIAL, MISSING_GEOMETRY, TOO_FEW_SLICES,
 *   INCONSISTENT_SERIES, IMPLAUSIBLE_GEOMETRY, CORRUPT_PIXELS, HETEROGENEOUS_SLICES.
 */
export function buildHeadCtSeries(
  instances: readonly CtInstance[],
  options: BuildOptions = {}
): HeadCtSeries {
  const steps = headCtSeriesSteps(instances, options);
  for (;;) {
    const step = steps.next();
    if (step.done) {
      return step.value;
    }
  }
}

/**
 * `buildHeadCtSeries` in steps of one slice, for a caller that has other things to do in between, such as
 * painting. Throws the same refusals.
 */
export function* headCtSeriesSteps(
  instances: readonly CtInstance[],
  options: BuildOptions = {}
): Generator<void, HeadCtSeries> {
  const stack = fitStack(instances, options);
  const read = yield* readSlices(stack.instances);
  const whole = placedSlices(stack, read);
  const repetition = yield* findRepetition(whole);
  const surplus = new Set(repetition.surplus);
  const kept = surplus.size > 0 ? withoutSlices(stack, surplus) : stack;
  const placed =
    surplus.size > 0
      ? placedSlices(
          kept,
          read.filter((_, i) => !surplus.has(i))
        )
      : whole;
  const fit = yield* checkSliceFit(placed, usualStepHu(kept.instances));
  const first = stack.instances[0];
  const tilt = tiltOfNormal(stack.normal);
  const tagged = first.gantryDetectorTilt ?? 0;
  return {
    studyInstanceUID: first.studyInstanceUID,
    seriesInstanceUID: first.seriesInstanceUID,
    frameOfReferenceUID: first.frameOfReferenceUID,
    ...placed,
    sliceExtentsMm: extentsAcrossGaps(
      kept.planeOffsetsMm,
      kept.instances.map(({ sliceThickness }) => sliceThickness)
    ),
    gantryTiltDeg: Math.abs(tilt) < TAGGED_TILT_DEG && Math.abs(tagged) >= TAGGED_TILT_DEG ? tagged : tilt,
    warnings: [
      ...(repetition.warning ? [repetition.warning] : []),
      ...fit,
      ...contradictions(kept),
      ...mixedScans(kept),
      ...(yield* assessQuality(kept, placed.slices, placed.columns)),
    ],
  };
}

/**
 * The slices that are scored, in order, by the metadata alone: whoever fetches pixels asks before.
 *
 * @throws Refusal as `buildHeadCtSeries`, but for what pixels show
 */
export function fitStack<T extends CtInstanceMetadata>(
  instances: readonly T[],
  options: BuildOptions = {}
): SliceStack<T> {
  const stack = axialStack(instances);
  const minimum = Math.max(2, options.minimumSlices ?? 2);
  if (stack.instances.length < minimum) {
    throw new Refusal(
      'TOO_FEW_SLICES',
      `The series has ${stack.instances.length} axial slice(s); at least ${minimum} are needed. Choose the whole head CT.`,
      { slices: stack.instances.length, minimum }
    );
  }
  checkGeometry(stack);
  refuseUnreadableRescale(stack.instances);
  refuseMissingRescale(stack.instances);
  return stack;
}

function placedSlices(
  { instances: [first], planeOffsetsMm, rowDirection, columnDirection, normal }: SliceStack<CtInstance>,
  slices: readonly CtSlice[]
): PlacedSlices {
  return {
    rows: first.rows as number,
    columns: first.columns as number,
    pixelSpacingMm: first.pixelSpacing as readonly [number, number],
    rowDirection,
    columnDirection,
    normal,
    planeOffsetsMm,
    slices,
  };
}

function withoutSlices(stack: SliceStack<CtInstance>, left: ReadonlySet<number>): SliceStack<CtInstance> {
  const keep = <T>(values: readonly T[]): readonly T[] => values.filter((_, i) => !left.has(i));
  return { ...stack, instances: keep(stack.instances), planeOffsetsMm: keep(stack.planeOffsetsMm) };
}

/** A rescale that is no number, or scales everything to nothing, has no default: HU would be invented. */
function refuseUnreadableRescale(instances: readonly CtInstanceMetadata[]): void {
  const unreadable = instances.filter(
    ({ rescaleSlope = 1, rescaleIntercept = 0 }) =>
      rescaleSlope === 0 || !Number.isFinite(rescaleSlope) || !Number.isFinite(rescaleIntercept)
  );
  if (unreadable.length > 0) {
    throw new Refusal(
      'CORRUPT_PIXELS',
      `Rescale Slope or Intercept (0028,1053), (0028,1052) of ${unreadable.length} of ${instances.length} slices is no number ` +
        'to scale with (a decimal comma?). Have the series sent again from the scanner.',
      { slices: unreadable.map(({ sopInstanceUID }) => sopInstanceUID) }
    );
  }
}

/** Slices that lack the rescale of all others would be off by a thousand HU. */
function refuseMissingRescale(instances: readonly CtInstanceMetadata[]): void {
  const lacking = instances.filter(
    ({ rescaleSlope, rescaleIntercept }) => rescaleSlope === undefined && rescaleIntercept === undefined
  );
  const changing = instances.some(
    ({ rescaleSlope = 1, rescaleIntercept = 0 }) => rescaleSlope !== 1 || rescaleIntercept !== 0
  );
  if (changing && lacking.length > 0) {
    throw new Refusal(
      'HETEROGENEOUS_SLICES',
      `${lacking.length} of ${instances.length} slices lack Rescale Slope and Intercept (0028,1053), (0028,1052), that the ` +
        'others have. Have the series sent again from the scanner.',
      { slices: lacking.map(({ sopInstanceUID }) => sopInstanceUID) }
    );
  }
}

/**
 * The axial slices of a series in order. Localizers, captures and images without geometry among them are left
 * out, the last only where they are few and no slice is missing in the stack without them: each could be that
 * slice. They count as strays.
 *
 * @throws Refusal NOT_CT, SECONDARY_CAPTURE, LOCALIZER, NOT_AXIAL, MISSING_GEOMETRY, INCONSISTENT_SERIES,
 *   TOO_FEW_SLICES.
 */
export function axialStack<T extends CtInstanceMetadata>(instances: readonly T[]): SliceStack<T> {
  if (instances.length === 0) {
    throw new Refusal('TOO_FEW_SLICES', 'The series has no images. Choose a head CT.', { slices: 0 });
  }
  const kinds = instances.map(instanceKind);
  const placeless = instances.filter((_, i) => kinds[i] === 'missing-geometry');
  if (placeless.length > Math.max(1, MOST_PLACELESS_SHARE * instances.length)) {
    throw refusalOfKind('missing-geometry', placeless[0], instances.length);
  }
  const commonest = commonestOf(kinds);
  if (commonest !== 'axial') {
    throw refusalOfKind(commonest, instances[kinds.indexOf(commonest)], instances.length);
  }
  const axial = instances.filter((_, i) => kinds[i] === 'axial');
  refuseSeveralSeries(axial);
  const stack = stackSlices(axial);
  if (placeless.length > 0 && missingGaps(stack).length > 0) {
    throw refusalOfKind('missing-geometry', placeless[0], instances.length);
  }
  return { ...stack, strayCount: stack.strayCount + instances.length - axial.length };
}

function commonestOf(kinds: readonly InstanceKind[]): InstanceKind {
  const counts = new Map<InstanceKind, number>();
  kinds.forEach(kind => counts.set(kind, (counts.get(kind) ?? 0) + 1));
  return [...counts.entries()].sort((a, b) => b[1] - a[1])[0][0];
}

function refusalOfKind(
  kind: Exclude<InstanceKind, 'axial'>,
  instance: CtInstanceMetadata,
  images: number
): Refusal {
  const { sopInstanceUID, sopClassUID, modality, imageType, imageOrientationPatient } = instance;
  const details = { sopInstanceUID, sopClassUID, modality, imageType, images };
  switch (kind) {
    case 'not-ct':
      return new Refusal(
        'NOT_CT',
        instance.rescaleType && modality?.trim().toUpperCase() === 'CT'
          ? `The series does not hold Hounsfield units (Rescale Type ${instance.rescaleType}). Choose a plain head CT.`
          : `The series is not CT (modality ${modality ?? 'unknown'}). Choose a plain head CT.`,
        details
      );
    case 'secondary-capture':
      return new Refusal(
        'SECONDARY_CAPTURE',
        'The series holds screen captures or summaries without Hounsfield units. Choose the axial head CT itself.',
        details
      );
    case 'localizer':
      return new Refusal(
        'LOCALIZER',
        'The series is a localizer (scout view). Choose the axial head CT itself.',
        details
      );
    case 'not-axial':
      return new Refusal('NOT_AXIAL', 'The slices are not axial. Choose the axial series of the study.', {
        ...details,
        imageOrientationPatient,
      });
    case 'missing-geometry': {
      const missing = missingGeometry(instance);
      return new Refusal(
        'MISSING_GEOMETRY',
        `Slice ${sopInstanceUID} lacks ${missing.join(', ')}: lengths, volumes and sides would be guesses. Choose the ` +
          'original series, or have it sent again complete.',
        { ...details, missing }
      );
    }
  }
}

function refuseSeveralSeries(instances: readonly CtInstanceMetadata[]): void {
  const series = [...new Set(instances.map(instance => instance.seriesInstanceUID))];
  if (series.length > 1) {
    throw new Refusal(
      'INCONSISTENT_SERIES',
      `Images of ${series.length} series were given as one. Score one series at a time.`,
      {
        series,
      }
    );
  }
  // Their IDs stay out of the refusal, which may be logged.
  const patients = new Set(instances.map(({ patientID }) => patientID?.trim()).filter(Boolean));
  if (patients.size > 1) {
    throw new Refusal(
      'INCONSISTENT_SERIES',
      `The series holds images of ${patients.size} patients (Patient ID (0010,0020)). Have it sent again from the scanner.`,
      { patients: patients.size }
    );
  }
}
