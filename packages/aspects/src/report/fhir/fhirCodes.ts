import type { CodedConcept } from '../../base/codedConcept';
import type { RegionId, Side } from '../../scoring/aspects/regions';
import { CODES } from '../dicom/codes';
import type { CodeableConcept } from './fhirTypes';

const SNOMED_CT = 'http://snomed.info/sct';

/** Our own codes, where no standard one is verified: an OID of a UUID (ITU-T X.667) of this project. */
export const OWN_CODE_SYSTEM = 'urn:oid:2.25.305802737451064559397231771326112303848';

/** A SNOMED CT concept of `CODES`. */
export function snomed({ scheme, value, meaning }: CodedConcept, text = meaning): CodeableConcept {
  if (scheme !== 'SCT') {
    throw new RangeError(`${scheme} ${value} is no SNOMED CT concept`);
  }
  return { coding: [{ system: SNOMED_CT, code: value, display: meaning }], text };
}

/** One of our own. */
export function own(code: string, display: string): CodeableConcept {
  return { coding: [{ system: OWN_CODE_SYSTEM, code, display }], text: display };
}

/** What is observed: the scale in SNOMED CT's words and in ours. */
export function aspectsScale(): CodeableConcept {
  const ours = own('ASPECTS', 'Alberta Stroke Program Early CT Score');
  return { ...ours, coding: [...(snomed(CODES.aspectsScale).coding ?? []), ...(ours.coding ?? [])] };
}

/** Of one region on one side: `M1-left`. */
export function regionCode(id: RegionId, name: string, side: Side): CodeableConcept {
  return own(`${id}-${side}`, `Early ischaemic change, ${name}, ${side}`);
}

/** HL7's data-absent-reason. */
export function absent(code: 'not-applicable' | 'unknown', text: string): CodeableConcept {
  return {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code }],
    text,
  };
}

export const IMAGING: CodeableConcept = {
  coding: [
    {
      system: 'http://terminology.hl7.org/CodeSystem/observation-category',
      code: 'imaging',
      display: 'Imaging',
    },
  ],
};
