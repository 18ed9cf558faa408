import type { DataSet } from 'dicom-parser';
import { type CtInstanceMetadata, frameName, Refusal } from '@deep-aspects/aspects/series';
import { imageTypeOf, numbers, readMetadata, rescaleNumber, text } from './metadata';

/** Shared and Per-Frame Functional Groups Sequence (PS3.3 C.7.6.16). */
const SHARED = 'x52009229';
const PER_FRAME = 'x52009230';

/** Functional groups of PS3.3 C.7.6.16.2 and C.8.15.3. */
const GROUP = {
  pixelMeasures: 'x00289110',
  planePosition: 'x00209113',
  planeOrientation: 'x00209116',
  pixelValueTransformation: 'x00289145',
  ctReconstruction: 'x00189314',
  ctGeometry: 'x00189312',
  ctAcquisitionDetails: 'x00189304',
  ctFrameType: 'x00189329',
  frameContent: 'x00209111',
} as const;

/** One frame of a multi-frame instance: its metadata as if it were an instance, and its rescale. */
export interface EnhancedFrame {
  readonly metadata: CtInstanceMetadata;
  /** From 0. */
  readonly index: number;
  readonly slope?: number;
  readonly intercept?: number;
}

/**
 * Number of frames of an instance whose geometry is in functional groups; 0 for a classic single-frame one.
 */
export function enhancedFrameCount(dataSet: DataSet): number {
  const isEnhanced = Boolean(dataSet.elements[PER_FRAME] ?? dataSet.elements[SHARED]);
  return isEnhanced ? (numbers(dataSet, 'x00280008', 1)?.[0] ?? 1) : 0;
}

/**
 * The frames of an Enhanced CT instance (or one converted to it), in stored order. Absent attributes
 * stay undefined.
 *
 * @throws Refusal CORRUPT_PIXELS where it says to have other frames than it describes
 */
export function enhancedFrames(dataSet: DataSet): EnhancedFrame[] {
  const whole = readMetadata(dataSet);
  refuseUndescribed(dataSet, whole.sopInstanceUID);
  return Array.from({ length: enhancedFrameCount(dataSet) }, (_, index) => {
    const group = (tag: string, attribute: string): DataSet | undefined =>
      functionalGroup(dataSet, index, tag, attribute);
    const inGroup = (tag: string, attribute: string, count: number) =>
      numbers(group(tag, attribute), attribute, count);
    const rescale = (attribute: string) =>
      rescaleNumber(group(GROUP.pixelValueTransformation, attribute), attribute);
    const slope = rescale('x00281053');
    const intercept = rescale('x00281052');
    return {
      index,
      slope,
      intercept,
      metadata: {
        ...whole,
        sopInstanceUID: frameName(whole.sopInstanceUID, index + 1),
        instanceNumber: index + 1,
        imageType: imageTypeOf(group(GROUP.ctFrameType, 'x00089007'), 'x00089007') ?? whole.imageType,
        pixelSpacing: inGroup(GROUP.pixelMeasures, 'x00280030', 2) as CtInstanceMetadata['pixelSpacing'],
        sliceThickness: inGroup(GROUP.pixelMeasures, 'x00180050', 1)?.[0],
        spacingBetweenSlices: inGroup(GROUP.pixelMeasures, 'x00180088', 1)?.[0],
        reconstructionDiameter: inGroup(GROUP.ctReconstruction, 'x00181100', 1)?.[0],
        imagePositionPatient: inGroup(
          GROUP.planePosition,
          'x00200032',
          3
        ) as CtInstanceMetadata['imagePositionPatient'],
        imageOrientationPatient: inGroup(
          GROUP.planeOrientation,
          'x00200037',
          6
        ) as CtInstanceMetadata['imageOrientationPatient'],
        convolutionKernel:
          text(group(GROUP.ctReconstruction, 'x00181210'), 'x00181210')?.split('\\').join(' ') ??
          whole.convolutionKernel,
        gantryDetectorTilt:
          inGroup(GROUP.ctGeometry, 'x00181120', 1)?.[0] ??
          inGroup(GROUP.ctAcquisitionDetails, 'x00181120', 1)?.[0],
        rescaleSlope: slope ?? whole.rescaleSlope,
        rescaleIntercept: intercept ?? whole.rescaleIntercept,
        rescaleType:
          text(group(GROUP.pixelValueTransformation, 'x00281054'), 'x00281054') ?? whole.rescaleType,
        acquisitionTime: text(group(GROUP.frameContent, 'x00189074'), 'x00189074') ?? whole.acquisitionTime,
        acquisitionNumber: inGroup(GROUP.frameContent, 'x00209156', 1)?.[0] ?? whole.acquisitionNumber,
      },
    };
  });
}

/**
 * Each frame has an item of its own (PS3.3 C.7.6.16): a number of frames alone is no reason to take
 * memory for them.
 */
function refuseUndescribed(dataSet: DataSet, sopInstanceUID: string): void {
  const frames = enhancedFrameCount(dataSet);
  const described = dataSet.elements[PER_FRAME]?.items?.length ?? 0;
  if (!(Number.isInteger(frames) && frames > 0 && frames === described)) {
    throw new Refusal(
      'CORRUPT_PIXELS',
      `${sopInstanceUID} declares ${frames} frames and describes ${described}; send or export the series again.`,
      { sopInstanceUID, frames, described }
    );
  }
}

/** The only item of a functional group that holds an attribute: the frame's own, else the shared one. */
function functionalGroup(
  dataSet: DataSet,
  index: number,
  tag: string,
  attribute: string
): DataSet | undefined {
  const frame = dataSet.elements[PER_FRAME]?.items?.[index]?.dataSet;
  const shared = dataSet.elements[SHARED]?.items?.[0]?.dataSet;
  const items = [frame, shared].map(groups => groups?.elements[tag]?.items?.[0]?.dataSet);
  return items.find(item => item?.elements[attribute]);
}
