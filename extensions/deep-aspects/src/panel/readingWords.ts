import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import { SIDES, type Side } from '@deep-aspects/aspects/scoring';
import { translate } from '../i18n/translate';
import { regionOf } from '../session/overrides';
import type { RegionRef } from '../session/state';

/** As on the images, the patient's right first. */
const IN_ORDER: readonly Side[] = [...SIDES].reverse();

/** Names of the affected regions of each side that has some. */
export function affectedBySide(result: AspectsResult): { side: Side; names: string }[] {
  return IN_ORDER.map(side => ({
    side,
    names: result.hemispheres[side].regions
      .filter(region => region.affected)
      .map(({ id }) => translate(`region.${id}`))
      .join(', '),
  })).filter(({ names }) => names !== '');
}

/** Regions that the reader reads otherwise than the networks, with the reader's word. */
export function changedByReader(result: AspectsResult): string {
  const changed = IN_ORDER.flatMap(side =>
    result.hemispheres[side].regions
      .filter(region => region.source === 'reader')
      .map((region): RegionRef => ({ side, region: region.id }))
  );
  return changed
    .map(ref =>
      translate('reading.changedRegion', {
        region: translate(`region.${ref.region}`),
        side: translate(`sideShort.${ref.side}`),
        reading: translate(regionOf(result, ref)?.affected ? 'region.affected' : 'region.normal'),
      })
    )
    .join(', ');
}
