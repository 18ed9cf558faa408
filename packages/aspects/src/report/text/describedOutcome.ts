import type { AspectsResult } from '../../scoring/aspects/aspectsResult';

/** What a series description says about a stored outcome. */
export type DescribedOutcome =
  | {
      readonly kind: 'scored';
      readonly score: number;
      readonly side: AspectsResult['affectedSide'];
      readonly haemorrhageSuspected: boolean;
      readonly changedByReader: boolean;
    }
  | { readonly kind: 'refused'; readonly code: string };

const SCORED = /^ASPECTS (10|\d)(?: (left|right|both) ?(?:sides)?)?,(.*)$/;
const REFUSED = /^ASPECTS not scored: ([A-Z_]+)$/;

/** Series Description of the note that says why a study was not scored. */
export function refusalDescription(code: string): string {
  return `ASPECTS not scored: ${code}`;
}

/** The inverse of `resultDescription` and `refusalDescription`; undefined for any other description. */
export function describedOutcome(description: string): DescribedOutcome | undefined {
  const scored = SCORED.exec(description.trim());
  if (scored) {
    const rest = scored[3].split(',').map(part => part.trim());
    return {
      kind: 'scored',
      score: Number(scored[1]),
      side: (scored[2] as AspectsResult['affectedSide'] | undefined) ?? 'none',
      haemorrhageSuspected: rest.includes('haemorrhage?'),
      changedByReader: rest.includes('changed by the reader'),
    };
  }
  const refused = REFUSED.exec(description.trim());
  return refused ? { kind: 'refused', code: refused[1] } : undefined;
}
