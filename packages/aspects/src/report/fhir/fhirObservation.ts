import type { AspectsResult, RegionResult } from '../../scoring/aspects/aspectsResult';
import { ASPECTS_REGIONS, SIDES, type Side } from '../../scoring/aspects/regions';
import { CODES, SIDE_CODES } from '../dicom/codes';
import type { SourceAttributes } from '../dicom/sourceAttributes';
import { isScoreSuspended, readerChanges, renderReportText } from '../text/renderReportText';
import { REPORT_WORDS } from '../text/reportWords';
import type { ReportReader } from '../types';
import { absent, aspectsScale, IMAGING, own, regionCode, snomed } from './fhirCodes';
import type { CodeableConcept, FhirObservation, ObservationComponent, ObservedValue } from './fhirTypes';

/** In addition to the result: whose it is, and who answers for it. */
export interface ObservationContext {
  /** Patient and study of the scan; leave it out for an Observation without identifiers. */
  readonly source?: SourceAttributes;
  readonly reader?: ReportReader;
  readonly edited?: { readonly infarct?: boolean };
}

const WORDS = REPORT_WORDS.en;
const DEVICE_ID = 'software';

/**
 * The result as an HL7 FHIR R4 Observation: score 0 to 10 of the worse hemisphere, with sides, volumes (ml)
 * and the 20 regions as components. Preliminary until a named reader verified it; without a value as long as
 * a haemorrhage is suspected. In English.
 */
export function fhirObservation(result: AspectsResult, context: ObservationContext = {}): FhirObservation {
  const { source, reader } = context;
  const { name, version } = result.software;
  const effective = source && effectiveDateTime(source);
  return {
    resourceType: 'Observation',
    text: { status: 'generated', div: narrative(result, context.edited) },
    contained: [
      {
        resourceType: 'Device',
        id: DEVICE_ID,
        deviceName: [{ name, type: 'model-name' }],
        version: [{ value: version }],
        note: [{ text: WORDS.notice }],
      },
    ],
    status: reader?.verifiedAt ? 'final' : 'preliminary',
    category: [IMAGING],
    code: aspectsScale(),
    ...(source?.PatientID && {
      subject: { type: 'Patient', identifier: { value: source.PatientID } },
    }),
    ...(effective && { effectiveDateTime: effective }),
    issued: result.createdAt,
    ...scoreValue(result, result.score),
    note: notes(result, context),
    bodySite: snomed(CODES.brain),
    method: snomed(CODES.aspectsScoring),
    device: { reference: `#${DEVICE_ID}`, display: `${name} ${version}` },
    referenceRange: [{ text: '0 to 10; 10: no region with early ischaemic change' }],
    ...(source && result.series.studyInstanceUID !== '' && { derivedFrom: [imagingStudy(result)] }),
    component: components(result),
  };
}

/** An Observation as a JSON file. */
export function fhirJson(result: AspectsResult, context?: ObservationContext): string {
  return `${JSON.stringify(fhirObservation(result, context), null, 2)}\n`;
}

function scoreValue(result: AspectsResult, score: number): ObservedValue {
  return isScoreSuspended(result)
    ? { dataAbsentReason: absent('not-applicable', WORDS.suspended) }
    : { valueInteger: score };
}

function components(result: AspectsResult): ObservationComponent[] {
  const { hemispheres, infarct, oldInfarct, haemorrhage } = result;
  return [
    ...SIDES.map(side => ({
      code: own(`ASPECTS-${side}`, `ASPECTS of the ${side} hemisphere`),
      ...scoreValue(result, hemispheres[side].score),
    })),
    { code: own('AFFECTED_SIDE', 'Affected side'), valueCodeableConcept: affectedSide(result) },
    millilitres('INFARCT_VOL', 'Volume of early ischaemic change', infarct.volumeMl),
    ...(oldInfarct ? [millilitres('OLD_INF_VOL', 'Volume of old infarct', oldInfarct.volumeMl)] : []),
    millilitres('HAEMORRHAGE_VOL', 'Volume of haemorrhage, suspected', haemorrhage.volumeMl),
    ...SIDES.flatMap(side => hemispheres[side].regions.map(region => regionComponent(region, side))),
  ];
}

function affectedSide({ affectedSide: side }: AspectsResult): CodeableConcept {
  switch (side) {
    case 'both':
      return snomed(CODES.bilateral);
    case 'none':
      return own('NO_SIDE', 'No side');
    default:
      return snomed(SIDE_CODES[side]);
  }
}

function regionComponent({ id, volumeMl, affected, source }: RegionResult, side: Side): ObservationComponent {
  const name = ASPECTS_REGIONS.find(region => region.id === id)?.name ?? id;
  const isRead = volumeMl > 0 || source === 'reader';
  return {
    code: regionCode(id, name, side),
    ...(isRead ? { valueBoolean: affected } : { dataAbsentReason: absent('unknown', WORDS.table.notFound) }),
  };
}

function millilitres(code: string, name: string, volumeMl: number): ObservationComponent {
  // Voxels tell no more than this.
  const value = Math.round(volumeMl * 1000) / 1000;
  return {
    code: own(code, name),
    valueQuantity: { value, unit: 'ml', system: 'http://unitsofmeasure.org', code: 'mL' },
  };
}

function notes(result: AspectsResult, { edited }: ObservationContext) {
  const changes = readerChanges(result, WORDS);
  const texts = [
    WORDS.notice,
    changes && `${WORDS.changed}: ${changes}`,
    edited?.infarct && WORDS.maskEdited,
    ...new Set(result.warnings.map(({ code, message }) => WORDS.warnings[code] ?? message)),
  ];
  return texts.flatMap(text => (text ? [{ text }] : []));
}

/** DICOM UIDs as FHIR writes them (R4 ImagingStudy, 4.2 of its notes): OIDs as URNs. */
function imagingStudy({ series }: AspectsResult) {
  return {
    type: 'ImagingStudy',
    identifier: { system: 'urn:dicom:uid', value: `urn:oid:${series.studyInstanceUID}` },
  };
}

/**
 * With a time only where the time zone is known: FHIR takes none without. Undefined where the source has no
 * date that is one.
 */
function effectiveDateTime({ StudyDate = '', StudyTime = '', TimezoneOffsetFromUTC = '' }: SourceAttributes) {
  const date = StudyDate.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
  const time = /^(\d{2})(\d{2})(\d{2})/.exec(StudyTime)?.slice(1).join(':');
  const zone = /^([+-]\d{2})(\d{2})$/.exec(TimezoneOffsetFromUTC)?.slice(1).join(':');
  const instant = new Date(`${date}T${time}${zone}`);
  if (!Number.isNaN(instant.getTime())) {
    return instant.toISOString();
  }
  return Number.isNaN(Date.parse(`${date}T00:00:00Z`)) ? undefined : date;
}

function narrative(result: AspectsResult, edited: ObservationContext['edited']): string {
  const text = renderReportText(result, { form: 'long', language: 'en', edited });
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return `<div xmlns="http://www.w3.org/1999/xhtml"><p>${escaped.replace(/\n+/g, '<br/>')}</p></div>`;
}
