import { parseDicom, type DataSet } from 'dicom-parser';
import { textDecoder } from './characterSet';
import { SOURCE_VALUE_CHECKS, type SourceValueCheck } from './sourceValues';

/**
 * Attributes of the Patient, Patient Study, General Study, Frame of Reference and CT Image modules that
 * report objects copy from one source instance, so that they are filed with the same patient and study. Tag
 * as `GGGGEEEE`, and what a value must be.
 */
const SOURCE_ATTRIBUTES = {
  PatientName: ['00100010', 'personName'],
  PatientID: ['00100020', 'longIdentifier'],
  IssuerOfPatientID: ['00100021', 'longIdentifier'],
  PatientBirthDate: ['00100030', 'date'],
  PatientSex: ['00100040', 'sex'],
  PatientAge: ['00101010', 'age'],
  PatientSize: ['00101020', 'decimal'],
  PatientWeight: ['00101030', 'decimal'],
  PatientIdentityRemoved: ['00120062', 'yesOrNo'],
  DeidentificationMethod: ['00120063', 'longText'],
  StudyDate: ['00080020', 'date'],
  StudyTime: ['00080030', 'time'],
  AccessionNumber: ['00080050', 'shortIdentifier'],
  ReferringPhysicianName: ['00080090', 'personName'],
  StudyDescription: ['00081030', 'longText'],
  StudyID: ['00200010', 'shortIdentifier'],
  TimezoneOffsetFromUTC: ['00080201', 'timezone'],
  PositionReferenceIndicator: ['00201040', 'longText'],
  BodyPartExamined: ['00180015', 'codeString'],
  SOPClassUID: ['00080016', 'uid'],
  LossyImageCompression: ['00282110', 'codeString'],
  LossyImageCompressionRatio: ['00282112', 'decimals'],
  LossyImageCompressionMethod: ['00282114', 'codeStrings'],
  SliceThickness: ['00180050', 'decimal'],
} as const satisfies Record<string, readonly [tag: string, check: SourceValueCheck]>;

export type SourceAttribute = keyof typeof SOURCE_ATTRIBUTES;

/**
 * DICOM value as text, several values joined by `\`; absent where the source has none, or one that
 * cannot be written.
 */
export type SourceAttributes = Partial<Readonly<Record<SourceAttribute, string>>>;

/**
 * Picks the attributes from a naturalised dataset (DICOM keyword to value), as a host viewer's metadata
 * provider or dcmjs gives it: text, number, arrays of these, person names as `{Alphabetic}`.
 */
export function sourceAttributesOf(dataset: Readonly<Record<string, unknown>>): SourceAttributes {
  return collect(keyword => textOf(dataset[keyword]));
}

/**
 * The same from a parsed file, in its own character set, whatever value representations it
 * gives its elements.
 */
export function sourceAttributesOfDataSet(dataSet: DataSet): SourceAttributes {
  const decode = textDecoder(dataSet.string('x00080005'));
  return collect((_, tag) => {
    const element = dataSet.elements[`x${tag}`];
    return element
      ? decode(dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length))
      : '';
  });
}

/** The same from a Part 10 file. Throws what dicom-parser throws where the bytes are no DICOM file. */
export function sourceAttributesOfPart10(part10: ArrayBuffer): SourceAttributes {
  return sourceAttributesOfDataSet(parseDicom(new Uint8Array(part10), { untilTag: 'x7fe00010' }));
}

function collect(valueOf: (keyword: SourceAttribute, tag: string) => string): SourceAttributes {
  const attributes: Partial<Record<SourceAttribute, string>> = {};
  for (const [keyword, [tag, check]] of Object.entries(SOURCE_ATTRIBUTES) as [
    SourceAttribute,
    readonly [string, SourceValueCheck],
  ][]) {
    const text = SOURCE_VALUE_CHECKS[check](valueOf(keyword, tag).replace(/^[\0 ]+|[\0 ]+$/g, ''));
    if (text !== '') {
      attributes[keyword] = text;
    }
  }
  return attributes;
}

/**
 * Values in lists, also such as only look like one: dcmjs wraps names whose value representation is another.
 */
function textOf(value: unknown): string {
  if (value === undefined || value === null) {
    return '';
  }
  if (typeof value !== 'object' || value instanceof String) {
    return String(value);
  }
  if (Array.isArray(value)) {
    return value.map(textOf).join('\\');
  }
  const name = personNameOf(value as Readonly<Record<string, unknown>>);
  return name === '' && Symbol.iterator in value
    ? [...(value as Iterable<unknown>)].map(textOf).join('\\')
    : name;
}

/**
 * Component groups (alphabetic, ideographic, phonetic) joined by `=`, trailing empty ones left
 * out (PS3.5 6.2).
 */
function personNameOf(name: Readonly<Record<string, unknown>>): string {
  const groups = [name.Alphabetic, name.Ideographic, name.Phonetic].map(group =>
    typeof group === 'string' ? group : ''
  );
  return groups.join('=').replace(/=+$/, '');
}
