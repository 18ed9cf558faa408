import { translate } from '../i18n/translate';
import type { ViewerProgress } from '../session/state';
import type { RunCommand } from './runCommand';

/** During: the step, how far it is, and a way out. Only the change of the step is read aloud. */
export function RunningView({ progress, run }: { progress: ViewerProgress | null; run: RunCommand }) {
  const percent = Math.round(progress?.percent ?? 0);
  const step = progress?.step ?? 'images';
  const text = translate(`step.${step}`, { done: progress?.done ?? 0, total: progress?.total ?? 0 });
  return (
    <div className="dasp-card">
      <div
        role="progressbar"
        className="dasp-progress"
        data-cy="aspects-progress"
        data-step={step}
        aria-label={translate('running.label')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={text}
      >
        <div className="dasp-progress-track">
          <div className="dasp-progress-bar" style={{ width: `${percent}%` }} />
        </div>
        <span className="dasp-progress-text">{text}</span>
      </div>
      <p className="dasp-sr-only" aria-live="polite">
        {translate(`stepName.${step}`)}
      </p>
      <button
        type="button"
        className="dasp-button dasp-wide"
        data-cy="aspects-cancel"
        autoFocus
        onClick={() => run('cancelAspects')}
      >
        {translate('running.cancel')}
      </button>
    </div>
  );
}
