import type { AspectsResult, HemisphereResult, RegionResult } from './aspectsResult';
import type { Side } from './regions';

/** What version 1.1 added to a result and to its regions. */
type Added = 'oldInfarct' | 'haemorrhage' | 'rule';
type AddedToRegion = 'probability' | 'oldInfarctMl' | 'evidence';

interface ResultVersion10 extends Omit<AspectsResult, 'schemaVersion' | 'hemispheres' | Added> {
  readonly schemaVersion: '1.0';
  readonly hemispheres: Readonly<
    Record<
      Side,
      Omit<HemisphereResult, 'regions'> & { readonly regions: readonly Omit<RegionResult, AddedToRegion>[] }
    >
  >;
}

/** A result that was written down by this or an earlier version. */
export type StoredResult = AspectsResult | ResultVersion10;

/** A result of any known version as one of the present version; undefined for versions that are not known. */
export function upgradeResult(stored: StoredResult): AspectsResult | undefined {
  if (stored.schemaVersion === '1.1') {
    // The first files of this version did not note where a haemorrhage is largest.
    return { ...stored, haemorrhage: { ...NOT_NOTED, ...stored.haemorrhage } };
  }
  return stored.schemaVersion === '1.0' ? fromVersion10(stored) : undefined;
}

function fromVersion10(stored: ResultVersion10): AspectsResult {
  const { left, right } = stored.hemispheres;
  const completed = (hemisphere: typeof left): HemisphereResult => ({
    ...hemisphere,
    regions: hemisphere.regions.map(region => ({ ...region, ...NOT_KNOWN_OF_REGION })),
  });
  const suspected = stored.warnings.some(({ code }) => code === 'HEMORRHAGE_SUSPECTED');
  return {
    ...stored,
    schemaVersion: '1.1',
    hemispheres: { left: completed(left), right: completed(right) },
    oldInfarct: null,
    // Version 1.0 kept the volume in the warning's words alone.
    haemorrhage: { volumeMl: 0, hyperdenseMl: 0, suspected, keySlice: null },
    rule: 'overlap',
  };
}

const NOT_NOTED = { keySlice: null } as const;

/** What version 1.0 did not know of a region. */
const NOT_KNOWN_OF_REGION = { probability: null, oldInfarctMl: null, evidence: null } as const;
