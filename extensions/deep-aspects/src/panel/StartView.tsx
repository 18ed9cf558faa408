import { translate } from '../i18n/translate';
import type { ScoringTarget } from '../session/state';
import type { RunCommand } from './runCommand';
import { seriesName } from './seriesName';

interface Props {
  readonly target: ScoringTarget | null;
  /** The active series, where that is another one: it cannot be scored. */
  readonly active: ScoringTarget | null;
  /** Something was refused: nobody knows whether the series will be scored. */
  readonly isRefused: boolean;
  readonly run: RunCommand;
}

/** Before: what will be scored, and one big button. */
export function StartView({ target, active, isRefused, run }: Props) {
  const isScorable = target?.modality === 'CT';
  return (
    <div className="dasp-card">
      {active && (
        <p className="dasp-warning" data-cy="aspects-not-ct">
          {translate('start.notCt', { series: seriesName(active), modality: active.modality })}
        </p>
      )}
      {isScorable ? (
        <>
          <h3 className="dasp-label">{translate(isRefused ? 'start.selected' : 'start.will')}</h3>
          <p className="dasp-series">{seriesName(target)}</p>
        </>
      ) : (
        <p className="dasp-series">{translate(active ? 'start.noCt' : 'start.nothing')}</p>
      )}
      <button
        type="button"
        className="dasp-button dasp-primary dasp-wide"
        data-cy="aspects-compute"
        disabled={!isScorable}
        onClick={() => run('computeAspects')}
      >
        {translate('start.compute')}
      </button>
      <p className="dasp-hint">{translate('start.hint')}</p>
    </div>
  );
}
