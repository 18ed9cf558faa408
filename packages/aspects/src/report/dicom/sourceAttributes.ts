import dcmjs from 'dcmjs';

/**
 * Attributes of the Patient, Patient Study, General Study, Frame of Reference and CT Image modules that report objects
 * copy from (any) one source instance, so that they are filed with the same patient and study. Tag as `GGGGEEEE`.
 */
export const SOURCE_ATTRIBUTE_TAGS = {
  PatientName: '00100010',
  PatientID: '00100020',
  IssuerOfPatientID: '00100021',
  PatientBirthDate: '00100030',
  PatientSex: '00100040',
  PatientAge: '00101010',
  PatientSize: '00101020',
  PatientWeight: '00101030',
  PatientIdentityRemoved: '00120062',
  DeidentificationMethod: '00120063',
  StudyDate: '00080020',
  StudyTime: '00080030',
  AccessionNumber: '00080050',
  ReferringPhysicianName: '00080090',
  StudyDescription: '00081030',
  StudyID: '00200010',
  TimezoneOffsetFromUTC: '00080201',
  PositionReferenceIndicator: '00201040',
  BodyPartExamined: '00180015',
  SOPClassUID: '00080016',
  LossyImageCompression: '00282110',
  LossyImageCompressionRatio: '00282112',
  LossyImageCompressionMethod: '00282114',
  SliceThickness: '00180050',
} as const;

export type SourceAttribute = keyof typeof SOURCE_ATTRIBUTE_TAGS;

/** DICOM value as text, several values joined by `\`; absent where the source has none. */
export type SourceAttributes = Partial<Readonly<Record<SourceAttribute, string>>>;

/**
 * Picks the attributes from a naturalised dataset (DICOM keyword to value), as a host viewer's metadata provider or dcmjs
 * gives it: text, number, arrays of these, person names as `{Alphabetic}`.
 */
export function sourceAttributesOf(dataset: Readonly<Record<string, unknown>>): SourceAttributes {
  const attributes: Partial<Record<SourceAttribute, string>> = {};
  for (const keyword of Object.keys(SOURCE_ATTRIBUTE_TAGS) as SourceAttribute[]) {
    const text = textOf(dataset[keyword]);
    if (text !== '') {
      attributes[keyword] = text;
    }
  }
  return attributes;
}

/** The same from a Part 10 file. Throws what dcmjs throws where the bytes are no DICOM file. */
export function sourceAttributesOfPart10(part10: ArrayBuffer): SourceAttributes {
  const { dict } = dcmjs.data.DicomMessage.readFile(part10, { ignoreErrors: true });
  return sourceAttributesOf(dcmjs.data.DicomMetaDictionary.naturalizeDataset(dict));
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) {
    return '';
  }
  if (Array.isArray(value)) {
    return value.map(textOf).join('\\');
  }
  if (typeof value === 'object') {
    return personNameOf(value as Readonly<Record<string, unknown>>);
  }
  return String(value);
}

/** Component groups (alphabetic, ideographic, phonetic) joined by `=`, trailing empty ones left out (PS3.5 6.2). */
function personNameOf(name: Readonly<Record<string, unknown>>): string {
  const groups = [name.Alphabetic, name.Ideographic, name.Phonetic].map(group =>
    typeof group === 'string' ? group : ''
  );
  return groups.join('=').replace(/=+$/, '');
}
