import { translate } from '../i18n/translate';
import type { ScoringTarget } from '../session/state';

/**
 * A series as the reader knows it: description, or number as in the study browser, modality and
 * number of images.
 */
export function seriesName({ description, seriesNumber, modality, imageCount }: ScoringTarget): string {
  const name =
    seriesNumber === undefined
      ? translate('start.unnamed')
      : translate('start.numbered', { number: seriesNumber });
  return translate('start.series', { description: description || name, modality, count: imageCount });
}
