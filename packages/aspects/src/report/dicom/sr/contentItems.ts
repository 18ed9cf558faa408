import type { CodedConcept } from '../../../base/codedConcept';
import type { NaturalisedDataset } from 'dcmjs';
import { codeItem } from '../codes';
import { decimalString } from '../values';

/** Constructors of SR content items (PS3.3 C.17.3.2) as naturalised datasets. */
export type ContentItem = NaturalisedDataset;

export type Relationship =
  'CONTAINS' | 'HAS CONCEPT MOD' | 'HAS OBS CONTEXT' | 'HAS ACQ CONTEXT' | 'HAS PROPERTIES';

function item(
  type: string,
  relationship: Relationship,
  name: CodedConcept,
  rest: NaturalisedDataset,
  children: readonly ContentItem[] = []
): ContentItem {
  return {
    RelationshipType: relationship,
    ValueType: type,
    ConceptNameCodeSequence: [codeItem(name)],
    ...rest,
    ...(children.length > 0 && { ContentSequence: children }),
  };
}

export function textItem(relationship: Relationship, name: CodedConcept, text: string): ContentItem {
  return item('TEXT', relationship, name, { TextValue: text });
}

export function codedItem(
  relationship: Relationship,
  name: CodedConcept,
  value: CodedConcept,
  children: readonly ContentItem[] = []
): ContentItem {
  return item('CODE', relationship, name, { ConceptCodeSequence: [codeItem(value)] }, children);
}

export function uidItem(relationship: Relationship, name: CodedConcept, uid: string): ContentItem {
  return item('UIDREF', relationship, name, { UID: uid });
}

/**
 * A measurement. Floating Point Value carries it in full where a decimal string cannot (C.18.1).
 * @param modifier How it was measured. Always given: a host's SR reader fails on a number without a
 * child.
 */
export function numberItem(
  name: CodedConcept,
  value: number,
  unit: CodedConcept,
  modifier: ContentItem
): ContentItem {
  const decimal = decimalString(value);
  const measured = {
    NumericValue: decimal,
    ...(Number(decimal) !== value && { FloatingPointValue: value }),
    MeasurementUnitsCodeSequence: [codeItem(unit)],
  };
  return item('NUM', 'CONTAINS', name, { MeasuredValueSequence: [measured] }, [modifier]);
}

/**
 * @param reference Item of an Image SOP Instance Reference macro (PS3.3 table 10-3): an instance, or a
 * frame or segment of it.
 */
export function imageItem(name: CodedConcept, reference: NaturalisedDataset): ContentItem {
  return item('IMAGE', 'CONTAINS', name, { ReferencedSOPSequence: [reference] });
}

/** @param templateId Template of PS3.16 that the container follows. */
export function containerItem(
  name: CodedConcept,
  children: readonly ContentItem[],
  templateId?: string
): ContentItem {
  const template = templateId && {
    ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: templateId }],
  };
  return item(
    'CONTAINER',
    'CONTAINS',
    name,
    { ContinuityOfContent: 'SEPARATE', ...(template || {}) },
    children
  );
}
