import { isLossyRatio, UNNAMED_AGENT, unnamedAgent, type CtInstanceMetadata } from './ctInstance';
import type { Vec3 } from './headCtSeries';
import { frameName } from './sliceName';

/** Attributes by DICOM keyword, as dcmjs and hosts naturalise them. */
export type NaturalisedAttributes = Readonly<Record<string, unknown>>;

type Orientation = readonly [number, number, number, number, number, number];

/**
 * Metadata of all images of one instance from its attributes alone, before the host has made image ids. Of a
 * multi-frame instance: each frame, with its functional groups taking precedence over the shared ones, and
 * these over the attributes of the instance.
 */
export function ctMetadataOfInstance(attributes: NaturalisedAttributes): CtInstanceMetadata[] {
  const frames = values(attributes.PerFrameFunctionalGroupsSequence);
  if (!frames) {
    return [ctMetadataFrom(attributes)];
  }
  const shared = groupAttributes(values(attributes.SharedFunctionalGroupsSequence)?.[0]);
  return frames.map((frame, index) => {
    const metadata = ctMetadataFrom({ ...attributes, ...shared, ...groupAttributes(frame) });
    return { ...metadata, sopInstanceUID: frameName(metadata.sopInstanceUID, index + 1) };
  });
}

/** The attributes of all functional groups of one item, side by side. */
function groupAttributes(item: unknown): NaturalisedAttributes {
  const groups = Object.values((item ?? {}) as NaturalisedAttributes);
  return Object.assign({}, ...groups.map(group => values(group)?.[0] as NaturalisedAttributes | undefined));
}

/**
 * The same from naturalised attributes that are already at hand; `unnamed` is used if the SOP Instance UID is
 * missing.
 */
export function ctMetadataFrom(attributes: NaturalisedAttributes, unnamed = ''): CtInstanceMetadata {
  return {
    sopInstanceUID: text(attributes.SOPInstanceUID) ?? unnamed,
    studyInstanceUID: text(attributes.StudyInstanceUID) ?? '',
    seriesInstanceUID: text(attributes.SeriesInstanceUID) ?? '',
    sopClassUID: text(attributes.SOPClassUID),
    patientID: text(attributes.PatientID),
    modality: text(attributes.Modality),
    imageType: values(attributes.ImageType)?.map(String),
    seriesDescription: text(attributes.SeriesDescription) ?? text(attributes.ProtocolName),
    seriesNumber: number(attributes.SeriesNumber),
    convolutionKernel: values(attributes.ConvolutionKernel)?.join(' '),
    contrastBolusAgent:
      text(attributes.ContrastBolusAgent) ??
      codedAgent(attributes.ContrastBolusAgentSequence) ??
      text(attributes.ContrastBolusIngredient) ??
      unnamedAgent(
        number(attributes.ContrastBolusVolume),
        number(attributes.ContrastBolusTotalDose),
        number(attributes.ContrastFlowRate)
      ),
    bodyPartExamined: text(attributes.BodyPartExamined),
    rows: number(attributes.Rows),
    columns: number(attributes.Columns),
    pixelSpacing: pair(attributes.PixelSpacing),
    imagePositionPatient: numbers(attributes.ImagePositionPatient, 3) as Vec3 | undefined,
    imageOrientationPatient: numbers(attributes.ImageOrientationPatient, 6) as Orientation | undefined,
    patientPosition: text(attributes.PatientPosition),
    gantryDetectorTilt: number(attributes.GantryDetectorTilt),
    sliceThickness: number(attributes.SliceThickness),
    spacingBetweenSlices: number(attributes.SpacingBetweenSlices),
    sliceLocation: number(attributes.SliceLocation),
    reconstructionDiameter: number(attributes.ReconstructionDiameter),
    imagerPixelSpacing: pair(attributes.ImagerPixelSpacing),
    photometricInterpretation: text(attributes.PhotometricInterpretation),
    samplesPerPixel: number(attributes.SamplesPerPixel),
    frameOfReferenceUID: text(attributes.FrameOfReferenceUID),
    instanceNumber: number(attributes.InstanceNumber),
    acquisitionNumber: number(attributes.AcquisitionNumber),
    acquisitionTime:
      text(attributes.FrameAcquisitionDateTime) ??
      text(attributes.AcquisitionTime) ??
      text(attributes.AcquisitionDateTime),
    acquisitionDate: text(attributes.AcquisitionDate),
    irradiationEventUID: text(attributes.IrradiationEventUID),
    kvp: number(attributes.KVP),
    tableHeight: number(attributes.TableHeight),
    rescaleSlope: rescale(attributes.RescaleSlope),
    rescaleIntercept: rescale(attributes.RescaleIntercept),
    rescaleType: text(attributes.RescaleType),
    isLossy:
      text(attributes.LossyImageCompression) === '01' ||
      isLossyRatio(number(attributes.LossyImageCompressionRatio)),
  };
}

/** Enhanced CT names the agent in a sequence of codes only. */
function codedAgent(sequence: unknown): string | undefined {
  const item = values(sequence)?.[0] as NaturalisedAttributes | undefined;
  return item && (text(item.CodeMeaning) ?? UNNAMED_AGENT);
}

/**
 * Multi-valued attributes come as an array, a backslash-separated string or, with one value,
 * the value itself.
 */
function values(attribute: unknown): readonly unknown[] | undefined {
  if (attribute === undefined || attribute === null || attribute === '') {
    return undefined;
  }
  if (typeof attribute === 'string') {
    return attribute.split('\\');
  }
  return typeof attribute === 'object' && Symbol.iterator in attribute
    ? [...(attribute as Iterable<unknown>)]
    : [attribute];
}

function text(attribute: unknown): string | undefined {
  return values(attribute)?.map(String).join('\\');
}

function number(attribute: unknown): number | undefined {
  return numbers(attribute, 1)?.[0];
}

function pair(attribute: unknown): readonly [number, number] | undefined {
  const held = numbers(attribute, 2);
  return held && [held[0], held[1]];
}

/** Absent is not the same as unreadable: a slope that nobody can read is not 1. */
function rescale(attribute: unknown): number | undefined {
  const held = values(attribute)?.filter(value => value !== null && value !== '');
  return held?.length ? (number(held) ?? NaN) : undefined;
}

/** Exactly `count` finite numbers, or nothing. */
function numbers(attribute: unknown, count: number): number[] | undefined {
  const found = values(attribute)?.map(value => (value === '' ? NaN : Number(value)));
  return found?.length === count && found.every(Number.isFinite) ? found : undefined;
}
