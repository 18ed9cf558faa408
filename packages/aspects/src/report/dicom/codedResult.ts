import type { AspectsResult } from '../../scoring/aspects/aspectsResult';

/**
 * The hemispheres as an SR's coded content has them: what the network says inside a region
 * (`evidence`) has no code.
 */
export function codedHemispheres({
  left,
  right,
}: AspectsResult['hemispheres']): AspectsResult['hemispheres'] {
  const coded = (hemisphere: typeof left): typeof left => ({
    ...hemisphere,
    regions: hemisphere.regions.map(region => ({ ...region, evidence: null })),
  });
  return { left: coded(left), right: coded(right) };
}
