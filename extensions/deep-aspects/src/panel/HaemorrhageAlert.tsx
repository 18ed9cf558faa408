import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import { formatNumber } from '../i18n/formatNumber';
import { translate } from '../i18n/translate';
import type { RunCommand } from './runCommand';

/**
 * In the score's place: ASPECTS is no score of a haemorrhage. The reader, who sees the images,
 * may know better.
 */
export function HaemorrhageAlert({ result, run }: { result: AspectsResult; run: RunCommand }) {
  const { volumeMl } = result.haemorrhage;
  return (
    <div role="alert" className="dasp-haemorrhage" data-cy="aspects-haemorrhage">
      <h3>{translate('haemorrhage.title')}</h3>
      <p>{translate('haemorrhage.text', { volume: formatNumber(volumeMl) })}</p>
      <button
        type="button"
        className="dasp-button"
        data-cy="aspects-haemorrhage-dismiss"
        onClick={() => run('dismissHaemorrhage')}
      >
        {translate('haemorrhage.dismiss')}
      </button>
    </div>
  );
}
