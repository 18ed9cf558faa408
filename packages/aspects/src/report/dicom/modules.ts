import type { AspectsResult } from '../../scoring/aspects/aspectsResult';
import type { ReportInput } from '../types';
import { CODING_SCHEME_IDENTIFICATION } from './codes';
import type { SourceAttribute, SourceAttributes } from './sourceAttributes';
import { contentUid, isUid } from './uid';
import { boundedText, dicomDateTime } from './values';
import type { NaturalisedDataset } from 'dcmjs';

export const MANUFACTURER = 'Deep-ASPECTS';

/** What the modules below take of a report: an object without a result has it too. */
export interface ObjectContext {
  readonly source: SourceAttributes;
  readonly series: { readonly studyInstanceUID: string };
  readonly result: Pick<AspectsResult, 'software' | 'createdAt'>;
}

/** Type 2: present, perhaps empty. */
const ALWAYS: readonly SourceAttribute[] = [
  'PatientName',
  'PatientID',
  'PatientBirthDate',
  'PatientSex',
  'StudyDate',
  'StudyTime',
  'AccessionNumber',
  'ReferringPhysicianName',
  'StudyID',
];

/** Type 3: present where the source has them. */
const WHERE_KNOWN: readonly SourceAttribute[] = [
  'IssuerOfPatientID',
  'PatientAge',
  'PatientSize',
  'PatientWeight',
  'StudyDescription',
  'TimezoneOffsetFromUTC',
];

/**
 * Patient, Patient Study and General Study modules (PS3.3 C.7.1.1, C.7.2.1, C.7.2.2), the
 * source's own values.
 */
export function patientAndStudy(input: ObjectContext): NaturalisedDataset {
  const { source } = input;
  const dataset: NaturalisedDataset = { StudyInstanceUID: input.series.studyInstanceUID };
  for (const keyword of ALWAYS) {
    dataset[keyword] = valuesOf(source[keyword] ?? '');
  }
  for (const keyword of WHERE_KNOWN) {
    if (source[keyword]) {
      dataset[keyword] = valuesOf(source[keyword]);
    }
  }
  if (source.PatientIdentityRemoved) {
    dataset.PatientIdentityRemoved = source.PatientIdentityRemoved;
    // Required with YES; sources in the wild leave it empty.
    dataset.DeidentificationMethod = valuesOf(
      source.DeidentificationMethod || 'Not stated by the source images'
    );
  }
  return dataset;
}

/** General and Enhanced General Equipment modules (PS3.3 C.7.5.1, C.7.5.2). */
export function equipment(input: ObjectContext): NaturalisedDataset {
  const { software } = input.result;
  return {
    Manufacturer: MANUFACTURER,
    ManufacturerModelName: boundedText(software.name, 64) || MANUFACTURER,
    DeviceSerialNumber: 'none',
    SoftwareVersions: boundedText(software.version, 64) || 'unknown',
  };
}

/** SOP Common module and the parts of the series modules that SEG and SR share (PS3.3 C.12.1). */
export function sopCommon(
  input: ObjectContext,
  uids: { sopClass: string; sop: string; series: string }
): NaturalisedDataset {
  const created = createdAt(input);
  return {
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: uids.sopClass,
    SOPInstanceUID: uids.sop,
    SeriesInstanceUID: uids.series,
    InstanceCreationDate: created.date,
    InstanceCreationTime: created.time,
    SeriesDate: created.date,
    SeriesTime: created.time,
    ContentDate: created.date,
    ContentTime: created.time,
    InstanceNumber: '1',
    CodingSchemeIdentificationSequence: CODING_SCHEME_IDENTIFICATION,
  };
}

/** When the result was made, in the study's time zone. */
function createdAt(input: ObjectContext) {
  return dicomDateTime(input.result.createdAt, input.source.TimezoneOffsetFromUTC);
}

/**
 * The series' frame of reference; where the source names none, one made from the series, since SEG needs one.
 */
export function frameOfReference(input: ReportInput): string {
  const { frameOfReferenceUID = '', seriesInstanceUID } = input.series;
  return isUid(frameOfReferenceUID)
    ? frameOfReferenceUID
    : contentUid('frame-of-reference', seriesInstanceUID);
}

/** Multi-valued text as dcmjs wants it. */
export function valuesOf(text: string): string | string[] {
  return text.includes('\\') ? text.split('\\') : text;
}
