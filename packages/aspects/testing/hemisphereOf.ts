import type { HemisphereResult, RegionResult } from '../src/scoring/aspects/aspectsResult';

/** What a made-up region says of evidence and old infarct: nothing, as a network of one class. */
export const WITHOUT_EVIDENCE = { probability: null, oldInfarctMl: null, evidence: null } as const;

/** A hemisphere of made-up regions, with the score that follows from them. */
export function hemisphereOf(regions: readonly RegionResult[]): HemisphereResult {
  return { score: 10 - regions.filter(({ affected }) => affected).length, regions };
}
