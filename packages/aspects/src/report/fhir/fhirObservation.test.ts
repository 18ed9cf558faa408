import { Fhir } from 'fhir';
import { syntheticReport } from '../../../testing/syntheticReport';
import type { AspectsResult } from '../../scoring/aspects/aspectsResult';
import { OWN_CODE_SYSTEM } from './fhirCodes';
import { fhirJson, fhirObservation } from './fhirObservation';

const { result, source } = syntheticReport();
const validator = new Fhir();
/**
 * What a validator of HL7's R4 definitions finds: structure, types and required code lists. Codes of example
 * lists are free.
 */
const faults = (resource: object) =>
  validator
    .validate(resource, { errorOnUnexpected: true })
    .messages.filter(({ severity }) => severity === 'error' || severity === 'fatal');

const suspected: AspectsResult = {
  ...result,
  haemorrhage: { volumeMl: 12, hyperdenseMl: 12, suspected: true, keySlice: null },
};
const none: AspectsResult = { ...result, affectedSide: 'none', score: 10, oldInfarct: null };
const both: AspectsResult = {
  ...result,
  affectedSide: 'both',
  oldInfarct: { volumeMl: 1, leftMl: 1, rightMl: 0, mcaMl: 0, outsideMcaMl: 1 },
};
const verified = { name: 'A^B', verifiedAt: '2026-03-04T07:08:09.123Z' };

test.each([
  ['with a patient', result, { source }],
  ['without identifiers', result, {}],
  ['of a suspected haemorrhage', suspected, { source }],
  ['without an affected side', none, { source: {} }],
  ['of both sides, verified', both, { source, reader: verified, edited: { infarct: true } }],
])('an Observation %s is valid FHIR R4', (_name, of, context) => {
  const resource = JSON.parse(fhirJson(of, context)) as object;
  expect(faults(resource)).toEqual([]);
});

test('the validator finds what is no R4', () => {
  const resource = fhirObservation(result, { source });
  expect(faults({ ...resource, status: 'done' })).not.toEqual([]);
  expect(faults({ ...resource, valueInteger: '8' })).not.toEqual([]);
  expect(faults({ ...resource, score: 8 })).not.toEqual([]);
});

test('it holds score, side, method, regions of the right side, device, patient and study', () => {
  const resource = fhirObservation(result, { source });
  expect(resource.valueInteger).toBe(8);
  expect(resource.status).toBe('preliminary');
  expect(resource.code.coding?.map(({ system, code }) => [system, code])).toEqual([
    ['http://snomed.info/sct', '1290002002'],
    [OWN_CODE_SYSTEM, 'ASPECTS'],
  ]);
  expect(resource.method.coding).toEqual([
    expect.objectContaining({ system: 'http://snomed.info/sct', code: '1290003007' }),
  ]);
  const valueOf = (code: string) => resource.component.find(one => one.code.coding?.[0].code === code);
  expect(valueOf('I-left')?.valueBoolean).toBe(true);
  expect(valueOf('I-right')?.valueBoolean).toBe(false);
  expect(valueOf('M4-left')?.valueBoolean).toBe(true);
  expect(valueOf('M3-right')?.dataAbsentReason?.coding?.[0].code).toBe('unknown');
  expect(valueOf('AFFECTED_SIDE')?.valueCodeableConcept?.coding?.[0].code).toBe('7771000');
  expect([valueOf('ASPECTS-left')?.valueInteger, valueOf('ASPECTS-right')?.valueInteger]).toEqual([8, 10]);
  expect(resource.component.filter(one => /-(left|right)$/.test(one.code.coding![0].code))).toHaveLength(22);
  expect(resource.contained[0]).toMatchObject({
    deviceName: [{ name: 'Deep-ASPECTS' }],
    version: [{ value: '0.1.0' }],
  });
  expect(resource.device.reference).toBe(`#${resource.contained[0].id}`);
  expect(resource.subject?.identifier?.value).toBe('SYN-1');
  expect(resource.effectiveDateTime).toBe('2026-03-04T03:00:00.000Z');
  expect(resource.derivedFrom?.[0].identifier?.value).toBe(`urn:oid:${result.series.studyInstanceUID}`);
  expect(resource.note.map(({ text }) => text)).toContain(
    'Changed by the reader: M1 (L) normal, M4 (L) affected'
  );
});

test.each([
  ['a time without its zone', { TimezoneOffsetFromUTC: undefined }, '2026-03-04'],
  ['a time that is none', { StudyTime: '256199' }, '2026-03-04'],
  ['a date that is none', { StudyDate: '20261399' }, undefined],
])('%s is left out', (_name, change, expected) => {
  expect(fhirObservation(result, { source: { ...source, ...change } }).effectiveDateTime).toBe(expected);
});

test('a suspected haemorrhage leaves no score in it, of no side', () => {
  const resource = fhirObservation(suspected, { source });
  expect(resource.valueInteger).toBeUndefined();
  expect(resource.dataAbsentReason?.text).toMatch(/Haemorrhage suspected/);
  expect(resource.component.filter(one => one.valueInteger !== undefined)).toEqual([]);
  expect(resource.text.div).not.toMatch(/8 of 10/);
});

test('it is final when a named reader verified it, and without a source it names nobody', () => {
  expect(fhirObservation(result, { reader: verified }).status).toBe('final');
  const text = fhirJson(result);
  expect(text).not.toContain('SYN-1');
  expect(text).not.toContain(result.series.studyInstanceUID);
});
