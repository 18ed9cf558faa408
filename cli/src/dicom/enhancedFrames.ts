import type { DataSet } from 'dicom-parser';
import { type CtInstanceMetadata, frameName } from '@deep-aspects/aspects/series';
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

/** Number of frames of an instance whose geometry is in functional groups; 0 for a classic single-frame one. */
export function enhancedFrameCount(dataSet: DataSet): number {
  const isEnhanced = Boolean(dataSet.elements[PER_FRAME] ?? dataSet.elements[SHARED]);
  return isEnhanced ? (numbers(dataSet, 'x00280008', 1)?.[0] ?? 1) : 0;
}

/** The frames of an Enhanced CT instance (or one converted to it), in stored order. Absent attributes stay undefined. */
export function enhancedFrames(dataSet: DataSet): EnhancedFrame[] {
  const whole = readMetadata(dataSet);
  return Array.from({ length: enhancedFrameCount(dataSet) }, (_, index) => {
    const group = (tag: string): DataSet | undefined => functionalGroup(dataSet, index, tag);
    const measures = group(GROUP.pixelMeasures);
    const rescale = group(GROUP.pixelValueTransformation);
    const reconstruction = group(GROUP.ctReconstruction);
    const frameType = group(GROUP.ctFrameType);
    const slope = rescaleNumber(rescale, 'x00281053');
    const intercept = rescaleNumber(rescale, 'x00281052');
    return {
      index,
      slope,
      intercept,
      metadata: {
        ...whole,
        sopInstanceUID: frameName(whole.sopInstanceUID, index + 1),
        instanceNumber: index + 1,
        imageType: imageTypeOf(frameType, 'x00089007') ?? whole.imageType,
        pixelSpacing: numbers(measures, 'x00280030', 2) as CtInstanceMetadata['pixelSpacing'],
        sliceThickness: numbers(measures, 'x00180050', 1)?.[0],
        imagePositionPatient: numbers(
          group(GROUP.planePosition),
          'x00200032',
          3
        ) as CtInstanceMetadata['imagePositionPatient'],
        imageOrientationPatient: numbers(
          group(GROUP.planeOrientation),
          'x00200037',
          6
        ) as CtInstanceMetadata['imageOrientationPatient'],
        convolutionKernel:
          text(reconstruction, 'x00181210')?.split('\\').join(' ') ?? whole.convolutionKernel,
        gantryDetectorTilt:
          numbers(group(GROUP.ctGeometry), 'x00181120', 1)?.[0] ??
          numbers(group(GROUP.ctAcquisitionDetails), 'x00181120', 1)?.[0],
        rescaleSlope: slope ?? whole.rescaleSlope,
        rescaleIntercept: intercept ?? whole.rescaleIntercept,
        rescaleType: text(rescale, 'x00281054') ?? whole.rescaleType,
        acquisitionNumber: numbers(group(GROUP.frameContent), 'x00209156', 1)?.[0] ?? whole.acquisitionNumber,
      },
    };
  });
}

/** A functional group's only item: the frame's own where it has one, else the shared one. */
function functionalGroup(dataSet: DataSet, index: number, tag: string): DataSet | undefined {
  const own = dataSet.elements[PER_FRAME]?.items?.[index]?.dataSet;
  const shared = dataSet.elements[SHARED]?.items?.[0]?.dataSet;
  const element = own?.elements[tag] ?? shared?.elements[tag];
  return element?.items?.[0]?.dataSet;
}
