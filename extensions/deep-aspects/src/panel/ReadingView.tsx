import { translate } from '../i18n/translate';
import type { AspectsState, Draft } from '../session/state';
import type { RunCommand } from './runCommand';
import { ScoreCard } from './ScoreCard';
import { seriesName } from './seriesName';

interface Props {
  readonly state: AspectsState;
  readonly draft: Draft;
  /** The result has just been computed. */
  readonly isFresh: boolean;
  readonly run: RunCommand;
}

/**
 * The reading itself, always in sight: of which series, and the score with all that it has to be read with.
 */
export function ReadingView({ state, draft, isFresh, run }: Props) {
  const { target, active, rescoring } = state;
  const other = target?.seriesInstanceUID === draft.target.seriesInstanceUID ? active : target;
  return (
    <>
      <div className="dasp-head">
        <p className="dasp-series">{seriesName(draft.target)}</p>
        <button
          type="button"
          className="dasp-button dasp-small"
          data-cy="aspects-compute"
          aria-label={translate('start.compute')}
          title={translate('start.compute')}
          onClick={() => run('computeAspects')}
        >
          {translate('start.again')}
        </button>
      </div>
      {other && (
        <p className="dasp-warning" data-cy="aspects-other-series">
          {translate('start.other', { series: seriesName(other) })}
        </p>
      )}
      <ScoreCard draft={draft} rescoring={rescoring} takeFocus={isFresh} run={run} />
    </>
  );
}
