import type { NaturalisedDataset } from 'dcmjs';
import type { DicomObject, ReportInput } from '../../types';
import { CODES, codeItem } from '../codes';
import { equipment, frameOfReference, patientAndStudy, sopCommon, valuesOf } from '../modules';
import type { Steps } from '../../steps';
import { masksDescription } from '../../text/resultDescription';
import { part10Steps } from '../serialise';
import { instanceReferences, sliceReference } from '../sourceReferences';
import { contentUid, contentUidSteps } from '../uid';
import { decimalString } from '../values';
import { segmentDescriptions } from './segmentDescriptions';
import { packFrames, segmentFrames, type SegmentFrame } from './segmentFrames';

export const SEGMENTATION_STORAGE = '1.2.840.10008.5.1.4.1.1.66.4';

/** Plane distances that differ by less than this count as even, mm. */
const EVEN_SPACING_TOLERANCE_MM = 0.01;

/** Tags that the dimension indices point to; dcmjs writes the AT value representation from numbers. */
const REFERENCED_SEGMENT_NUMBER = 0x0062000b;
const SEGMENT_IDENTIFICATION_SEQUENCE = 0x0062000a;
const IMAGE_POSITION_PATIENT = 0x00200032;
const PLANE_POSITION_SEQUENCE = 0x00209113;

/**
 * The two masks as one Segmentation object (PS3.3 A.51), binary, 23 segments: 1-10 the left regions,
 * 11-20 the right ones, 21 acute infarct, 22 old infarct, 23 haemorrhage. Every frame carries the
 * position of its own source slice and names it, so that tilted and unevenly spaced series are right;
 * Spacing Between Slices is written only where it is the same everywhere. In short steps, since a series
 * of hundreds of slices takes seconds. The SOP Instance UID is made from the content: the same masks of
 * the same series by the same models, whatever a reader reads in them, have the same UID. Throws
 * RangeError where masks and series do not fit each other.
 */
export function* segSteps(input: ReportInput): Steps<DicomObject> {
  assertMasksFit(input);
  const frames = yield* segmentFrames(input);
  const pixels = yield* packFrames(input, frames, input.series.rows * input.series.columns);
  const sop = yield* segUid(input, frames, pixels);
  const series = contentUid('seg-series', sop);
  const dataset: NaturalisedDataset = {
    ...patientAndStudy(input),
    ...equipment(input),
    ...sopCommon(input, { sopClass: SEGMENTATION_STORAGE, sop, series }),
    Modality: 'SEG',
    SeriesNumber: '9001',
    SeriesDescription: masksDescription(input.result, Boolean(input.edited?.infarct)),
    ...(input.source.BodyPartExamined && { BodyPartExamined: input.source.BodyPartExamined }),
    FrameOfReferenceUID: frameOfReference(input),
    PositionReferenceIndicator: input.source.PositionReferenceIndicator ?? '',
    ContentLabel: 'DEEP_ASPECTS',
    ContentDescription: 'ASPECTS regions and early ischaemic change',
    ContentCreatorName: '',
    ...imageModules(input, frames.length),
    SegmentSequence: segmentDescriptions(input),
    ...dimensions(sop),
    SharedFunctionalGroupsSequence: [sharedGroups(input)],
    PerFrameFunctionalGroupsSequence: frameGroups(input, frames),
    ReferencedSeriesSequence: [referencedSeries(input)],
    PixelData: [pixels.buffer],
    _vrMap: { PixelData: 'OB' },
  };
  return {
    kind: 'SEG',
    studyInstanceUID: input.series.studyInstanceUID,
    seriesInstanceUID: series,
    sopClassUID: SEGMENTATION_STORAGE,
    sopInstanceUID: sop,
    part10: yield* part10Steps(dataset),
  };
}

function assertMasksFit({ series, regions, infarct }: ReportInput): void {
  const pixels = series.rows * series.columns;
  for (const [name, planes] of Object.entries({ regions, infarct })) {
    if (planes.length !== series.slices.length || planes.some(plane => plane.length !== pixels)) {
      throw new RangeError(
        `The ${name} mask does not have ${series.slices.length} planes of ${pixels} pixels`
      );
    }
  }
}

function* segUid(
  { series, result, edited }: ReportInput,
  frames: readonly SegmentFrame[],
  pixels: Uint8Array
): Steps<string> {
  const identity = {
    series: series.seriesInstanceUID,
    slices: series.slices.map(slice => slice.sopInstanceUID),
    models: result.models,
    software: result.software,
    edited: [Boolean(edited?.regions), Boolean(edited?.infarct)],
    frames: frames.map(({ segment, slice }) => [segment, slice]),
  };
  return yield* contentUidSteps('seg', JSON.stringify(identity), pixels);
}

/** General Image, Image Pixel, Segmentation Image and Multi-frame modules (PS3.3 C.8.20.2, C.7.6.16). */
function imageModules({ series, source }: ReportInput, frameCount: number): NaturalisedDataset {
  const lossy = source.LossyImageCompression === '01' && source.LossyImageCompressionRatio;
  return {
    ImageType: ['DERIVED', 'PRIMARY'],
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    NumberOfFrames: String(frameCount),
    Rows: series.rows,
    Columns: series.columns,
    BitsAllocated: 1,
    BitsStored: 1,
    HighBit: 0,
    PixelRepresentation: 0,
    // The source's compression is inherited (C.7.6.1.1.5).
    LossyImageCompression: lossy ? '01' : '00',
    ...(lossy && {
      LossyImageCompressionRatio: valuesOf(lossy),
      LossyImageCompressionMethod: valuesOf(source.LossyImageCompressionMethod ?? 'ISO_10918_1'),
    }),
    SegmentationType: 'BINARY',
    SegmentsOverlap: 'YES',
  };
}

/** Multi-frame Dimension module: frames are indexed by segment, then by position (PS3.3 C.7.6.17). */
function dimensions(sop: string): NaturalisedDataset {
  const organisation = contentUid('dimension-organisation', sop);
  const index = (pointer: number, group: number, label: string) => ({
    DimensionOrganizationUID: organisation,
    DimensionIndexPointer: pointer,
    FunctionalGroupPointer: group,
    DimensionDescriptionLabel: label,
  });
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: organisation }],
    DimensionIndexSequence: [
      index(REFERENCED_SEGMENT_NUMBER, SEGMENT_IDENTIFICATION_SEQUENCE, 'Segment number'),
      index(IMAGE_POSITION_PATIENT, PLANE_POSITION_SEQUENCE, 'Image position'),
    ],
  };
}

function sharedGroups({ series, source }: ReportInput): NaturalisedDataset {
  const { spacingMm, thicknessMm } = sliceMeasures(series.planeOffsetsMm, Number(source.SliceThickness));
  return {
    PixelMeasuresSequence: [
      {
        PixelSpacing: series.pixelSpacingMm.map(decimalString),
        SliceThickness: decimalString(thicknessMm),
        ...(spacingMm !== undefined && { SpacingBetweenSlices: decimalString(spacingMm) }),
      },
    ],
    PlaneOrientationSequence: [
      { ImageOrientationPatient: [...series.rowDirection, ...series.columnDirection].map(decimalString) },
    ],
  };
}

/**
 * Spacing of evenly spaced planes (absent where uneven) and the nominal thickness: the source's where
 * spacing is even. Uneven series often change their thickness with the spacing, so one instance's says
 * nothing of the rest: the median distance is written. The group is shared, because hosts cannot open a
 * SEG whose pixel measures differ by frame.
 */
function sliceMeasures(
  planeOffsetsMm: readonly number[],
  sourceThicknessMm: number
): { spacingMm?: number; thicknessMm: number } {
  const gaps = planeOffsetsMm.slice(1).map((offset, index) => offset - planeOffsetsMm[index]);
  if (gaps.length === 0) {
    return { thicknessMm: sourceThicknessMm || 1 };
  }
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  if (gaps.every(gap => Math.abs(gap - mean) < EVEN_SPACING_TOLERANCE_MM)) {
    return { spacingMm: mean, thicknessMm: sourceThicknessMm || mean };
  }
  return { thicknessMm: gaps.sort((a, b) => a - b)[gaps.length >> 1] };
}

function frameGroups(input: ReportInput, frames: readonly SegmentFrame[]): NaturalisedDataset[] {
  const usedSlices = [...new Set(frames.map(frame => frame.slice))].sort((a, b) => a - b);
  return frames.map(({ segment, slice }) => {
    const source = input.series.slices[slice];
    return {
      FrameContentSequence: [{ DimensionIndexValues: [segment, usedSlices.indexOf(slice) + 1] }],
      PlanePositionSequence: [{ ImagePositionPatient: source.position.map(decimalString) }],
      SegmentIdentificationSequence: [{ ReferencedSegmentNumber: segment }],
      DerivationImageSequence: [
        {
          DerivationCodeSequence: [codeItem(CODES.segmentationDerivation)],
          SourceImageSequence: [
            {
              ...sliceReference(input, source.sopInstanceUID),
              SpatialLocationsPreserved: 'YES',
              PurposeOfReferenceCodeSequence: [codeItem(CODES.sourceImageForProcessing)],
            },
          ],
        },
      ],
    };
  });
}

/** Common Instance Reference module: every instance of the source series (PS3.3 C.12.2). */
function referencedSeries(input: ReportInput): NaturalisedDataset {
  return {
    SeriesInstanceUID: input.series.seriesInstanceUID,
    ReferencedInstanceSequence: instanceReferences(input),
  };
}
