import type { AspectsResult, RegionResult } from '@deep-aspects/aspects/scoring';
import { SIDES, type Side } from '@deep-aspects/aspects/scoring';
import { translate } from '../i18n/translate';
import { regionOf } from '../session/overrides';
import type { RegionRef } from '../session/state';

/** As on the images, the patient's right first. */
const IN_ORDER: readonly Side[] = [...SIDES].reverse();

/** Affected regions of each side that has some, and all their names in one text. */
export function affectedBySide(
  result: AspectsResult
): { side: Side; regions: readonly RegionResult[]; names: string }[] {
  return IN_ORDER.map(side => {
    const regions = result.hemispheres[side].regions.filter(region => region.affected);
    return { side, regions, names: regions.map(nameAndReader).join(', ') };
  }).filter(({ regions }) => regions.length > 0);
}

function nameAndReader({ id, source }: RegionResult): string {
  const name = translate(`region.${id}`);
  return source === 'reader' ? `${name} (${translate('region.byReader')})` : name;
}

/** What the reader reads otherwise than the networks, regions with the reader's word. */
export function changedByReader(result: AspectsResult): string {
  const changed = IN_ORDER.flatMap(side =>
    result.hemispheres[side].regions
      .filter(region => region.source === 'reader')
      .map((region): RegionRef => ({ side, region: region.id }))
  );
  const regions = changed.map(ref =>
    translate('reading.changedRegion', {
      region: translate(`region.${ref.region}`),
      side: translate(`sideShort.${ref.side}`),
      reading: translate(regionOf(result, ref)?.affected ? 'region.affected' : 'region.normal'),
    })
  );
  const { excludedByReader } = result.haemorrhage;
  return [...(excludedByReader ? [translate('reading.bleedExcluded')] : []), ...regions].join(', ');
}
