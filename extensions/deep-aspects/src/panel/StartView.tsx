import { translate } from '../i18n/translate';
import type { ScoringTarget } from '../session/state';
import type { RunCommand } from './runCommand';
import { seriesName } from './seriesName';

interface Props {
  readonly target: ScoringTarget | null;
  readonly run: RunCommand;
}

/** Before: what will be scored, and one big button. */
export function StartView({ target, run }: Props) {
  return (
    <div className="dasp-card">
      {target ? (
        <>
          <h3 className="dasp-label">{translate('start.will')}</h3>
          <p className="dasp-series">{seriesName(target)}</p>
          {target.modality !== 'CT' && (
            <p className="dasp-warning">{translate('start.notCt', { modality: target.modality })}</p>
          )}
        </>
      ) : (
        <p className="dasp-series">{translate('start.nothing')}</p>
      )}
      <button
        type="button"
        className="dasp-button dasp-primary dasp-wide"
        data-cy="aspects-compute"
        disabled={!target}
        onClick={() => run('computeAspects')}
      >
        {translate('start.compute')}
      </button>
      <p className="dasp-hint">{translate('start.hint')}</p>
    </div>
  );
}
