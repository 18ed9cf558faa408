/** A coded concept (PS3.3 8.1): coding scheme designator, code value, code meaning. */
export interface CodedConcept {
  readonly scheme: string;
  readonly value: string;
  readonly meaning: string;
}
