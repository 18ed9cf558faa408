import type { RegionResult } from '@deep-aspects/aspects/scoring';
import { formatNumber } from '../i18n/formatNumber';
import { translate } from '../i18n/translate';

/** Whether the region was found in the scan at all. */
export function isFound(region: RegionResult): boolean {
  return region.volumeMl > 0;
}

function word(affected: boolean): string {
  return translate(affected ? 'region.affected' : 'region.normal');
}

/**
 * The reading in words and whose it is; with the model's word, after both, where the reader decided
 * otherwise.
 */
export function regionReading(region: RegionResult): string {
  if (!isFound(region) && region.source === 'model') {
    return translate('region.notFound');
  }
  const by = translate(region.source === 'reader' ? 'region.byReader' : 'region.byModel');
  const reading = `${word(region.affected)} (${by})`;
  return region.source === 'reader' && region.modelAffected !== region.affected
    ? `${reading}, ${translate('region.modelSaid', { reading: word(region.modelAffected) })}`
    : reading;
}

/** Infarct in ml and the difference of mean attenuation to the other side, with units. */
export function regionFigures(region: RegionResult): string {
  if (!isFound(region)) {
    return '';
  }
  const infarct = translate('region.infarct', { volume: formatNumber(region.infarctMl) });
  if (region.meanHu === null || region.contralateralMeanHu === null) {
    return infarct;
  }
  const difference = region.meanHu - region.contralateralMeanHu;
  // A real minus sign: a hyphen is easily overlooked.
  const sign = difference < 0 ? '\u2212' : '+';
  const signed = `${Math.abs(difference) > 0.05 ? sign : ''}${formatNumber(Math.abs(difference))}`;
  return `${infarct} · ${translate('region.huDifference', { difference: signed })}`;
}

/** Mean attenuation of both sides, for the tooltip. */
export function regionHint(region: RegionResult): string {
  return region.meanHu === null || region.contralateralMeanHu === null
    ? ''
    : translate('region.huBoth', {
        own: formatNumber(region.meanHu),
        other: formatNumber(region.contralateralMeanHu),
      });
}
