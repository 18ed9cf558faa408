import { translate } from '../i18n/translate';
import type { ScoringTarget } from '../session/state';

/** A series as the reader knows it: description, modality and number of images. */
export function seriesName({ description, modality, imageCount }: ScoringTarget): string {
  return translate('start.series', {
    description: description || translate('start.unnamed'),
    modality,
    count: imageCount,
  });
}
