/** The parts of HL7 FHIR R4 (4.0.1) that an Observation of ours uses. */
export interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

export interface CodeableConcept {
  readonly coding?: readonly Coding[];
  readonly text?: string;
}

interface Identifier {
  readonly system?: string;
  readonly value: string;
}

interface Reference {
  readonly reference?: string;
  readonly type?: string;
  readonly identifier?: Identifier;
  readonly display?: string;
}

interface Quantity {
  readonly value: number;
  readonly unit: string;
  readonly system: 'http://unitsofmeasure.org';
  readonly code: string;
}

/** One value of an Observation, or the reason why there is none. */
export interface ObservedValue {
  readonly valueInteger?: number;
  readonly valueBoolean?: boolean;
  readonly valueQuantity?: Quantity;
  readonly valueCodeableConcept?: CodeableConcept;
  readonly dataAbsentReason?: CodeableConcept;
}

export interface ObservationComponent extends ObservedValue {
  readonly code: CodeableConcept;
}

export interface FhirDevice {
  readonly resourceType: 'Device';
  readonly id: string;
  readonly deviceName: readonly { readonly name: string; readonly type: 'model-name' }[];
  readonly version: readonly { readonly value: string }[];
  readonly note: readonly { readonly text: string }[];
}

export interface FhirObservation extends ObservedValue {
  readonly resourceType: 'Observation';
  readonly text: { readonly status: 'generated'; readonly div: string };
  readonly contained: readonly FhirDevice[];
  readonly status: 'preliminary' | 'final';
  readonly category: readonly CodeableConcept[];
  readonly code: CodeableConcept;
  readonly subject?: Reference;
  readonly effectiveDateTime?: string;
  readonly issued: string;
  readonly note: readonly { readonly text: string }[];
  readonly bodySite: CodeableConcept;
  readonly method: CodeableConcept;
  readonly device: Reference;
  readonly referenceRange: readonly { readonly text: string }[];
  readonly derivedFrom?: readonly Reference[];
  readonly component: readonly ObservationComponent[];
}
