import type { DataSet } from 'dicom-parser';
import {
  isLossyRatio,
  UNNAMED_AGENT,
  unnamedAgent,
  type CtInstanceMetadata,
} from '@deep-aspects/aspects/series';
import { textDecoder } from '@deep-aspects/aspects/report';

type Six = readonly [number, number, number, number, number, number];

/** Transfer syntaxes that always lose: JPEG baseline and extended, JPEG-LS near-lossless (PS3.6 A-1). */
const LOSSY_SYNTAXES = ['1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.51', '1.2.840.10008.1.2.4.81'];

/** Contrast/Bolus Volume, Total Dose and Flow Rate. */
const AMOUNTS_OF_AGENT = ['x00181041', 'x00181044', 'x00181046'];

/**
 * The attributes of a parsed data set that decide whether and how it can be scored; absent or malformed ones
 * stay undefined.
 */
export function readMetadata(dataSet: DataSet): CtInstanceMetadata {
  return {
    sopInstanceUID: text(dataSet, 'x00080018') ?? '',
    studyInstanceUID: text(dataSet, 'x0020000d') ?? '',
    seriesInstanceUID: text(dataSet, 'x0020000e') ?? '',
    sopClassUID: text(dataSet, 'x00080016'),
    patientID: text(dataSet, 'x00100020'),
    modality: text(dataSet, 'x00080060'),
    imageType: imageTypeOf(dataSet, 'x00080008'),
    seriesDescription: words(dataSet, 'x0008103e') ?? words(dataSet, 'x00181030'),
    seriesNumber: numbers(dataSet, 'x00200011', 1)?.[0],
    convolutionKernel: text(dataSet, 'x00181210')?.split('\\').join(' '),
    contrastBolusAgent:
      words(dataSet, 'x00180010') ??
      codedAgent(dataSet) ??
      text(dataSet, 'x00181048') ??
      unnamedAgent(...AMOUNTS_OF_AGENT.map(tag => numbers(dataSet, tag, 1)?.[0])),
    bodyPartExamined: text(dataSet, 'x00180015'),
    rows: dataSet.uint16('x00280010'),
    columns: dataSet.uint16('x00280011'),
    pixelSpacing: numbers(dataSet, 'x00280030', 2) as readonly [number, number] | undefined,
    imagePositionPatient: numbers(dataSet, 'x00200032', 3) as readonly [number, number, number] | undefined,
    imageOrientationPatient: numbers(dataSet, 'x00200037', 6) as Six | undefined,
    patientPosition: text(dataSet, 'x00185100'),
    gantryDetectorTilt: numbers(dataSet, 'x00181120', 1)?.[0],
    sliceThickness: numbers(dataSet, 'x00180050', 1)?.[0],
    spacingBetweenSlices: numbers(dataSet, 'x00180088', 1)?.[0],
    sliceLocation: numbers(dataSet, 'x00201041', 1)?.[0],
    reconstructionDiameter: numbers(dataSet, 'x00181100', 1)?.[0],
    imagerPixelSpacing: numbers(dataSet, 'x00181164', 2) as readonly [number, number] | undefined,
    photometricInterpretation: text(dataSet, 'x00280004'),
    samplesPerPixel: dataSet.uint16('x00280002'),
    frameOfReferenceUID: text(dataSet, 'x00200052'),
    instanceNumber: numbers(dataSet, 'x00200013', 1)?.[0],
    acquisitionNumber: numbers(dataSet, 'x00200012', 1)?.[0],
    acquisitionTime: text(dataSet, 'x00080032') ?? text(dataSet, 'x0008002a'),
    acquisitionDate: text(dataSet, 'x00080022'),
    irradiationEventUID: text(dataSet, 'x00083010'),
    kvp: numbers(dataSet, 'x00180060', 1)?.[0],
    tableHeight: numbers(dataSet, 'x00181130', 1)?.[0],
    rescaleSlope: rescaleNumber(dataSet, 'x00281053'),
    rescaleIntercept: rescaleNumber(dataSet, 'x00281052'),
    rescaleType: text(dataSet, 'x00281054'),
    isLossy:
      text(dataSet, 'x00282110') === '01' ||
      isLossyRatio(numbers(dataSet, 'x00282112', 1)?.[0]) ||
      LOSSY_SYNTAXES.includes(text(dataSet, 'x00020010') ?? ''),
  };
}

/**
 * Enhanced CT names the agent in Contrast/Bolus Agent Sequence (0018,0012) only, by Code Meaning (0008,0104).
 */
function codedAgent(dataSet: DataSet): string | undefined {
  const [item] = dataSet.elements.x00180012?.items ?? [];
  return item && (text(item.dataSet, 'x00080104') ?? UNNAMED_AGENT);
}

/** The values of Image Type, or of Frame Type, in order. */
export function imageTypeOf(dataSet: DataSet | undefined, tag: string): string[] | undefined {
  return text(dataSet, tag)
    ?.split('\\')
    .map(value => value.trim());
}

export function text(dataSet: DataSet | undefined, tag: string): string | undefined {
  const value = dataSet?.elements[tag] ? dataSet.string(tag)?.trim() : undefined;
  return value ? value : undefined;
}

/** A text that may be in any language, read in the data set's Specific Character Set (0008,0005). */
function words(dataSet: DataSet, tag: string): string | undefined {
  const element = dataSet.elements[tag];
  if (!element) {
    return undefined;
  }
  const bytes = dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  const decoded = textDecoder(dataSet.string('x00080005'))(bytes).replace(/\0+$/, '').trim();
  return decoded || undefined;
}

/** Exactly `count` decimal numbers from a DS or IS value, else undefined. */
export function numbers(
  dataSet: DataSet | undefined,
  tag: string,
  count: number
): readonly number[] | undefined {
  const parts = text(dataSet, tag)?.split('\\') ?? [];
  const values = parts.slice(0, count).map(decimalNumber);
  return values.length === count && values.every(Number.isFinite) ? values : undefined;
}

/**
 * Rescale Slope or Intercept: undefined where absent or empty, not-a-number where it is something else
 * than a number.
 */
export function rescaleNumber(dataSet: DataSet | undefined, tag: string): number | undefined {
  return text(dataSet, tag) === undefined ? undefined : (numbers(dataSet, tag, 1)?.[0] ?? NaN);
}

/** A decimal comma, which some writers take from the language of their machine, is read as a point. */
function decimalNumber(text: string): number {
  const number = text.trim().replace(/^([+-]?\d*),(\d+)$/, '$1.$2');
  return number === '' ? NaN : Number(number);
}
