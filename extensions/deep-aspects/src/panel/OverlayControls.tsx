import { translate } from '../i18n/translate';
import type { OverlayStyle, RegionRef } from '../session/state';
import type { RunCommand } from './runCommand';

const MODES: readonly OverlayStyle['mode'][] = ['both', 'fill', 'outline'];

interface Props {
  readonly overlay: OverlayStyle;
  readonly selected: RegionRef | null;
  readonly run: RunCommand;
}

/** Reading aids: how the label maps are drawn, stepping through the affected regions, both levels. */
export function OverlayControls({ overlay, selected, run }: Props) {
  return (
    <section className="dasp-card" aria-label={translate('overlay.title')}>
      <h3 className="dasp-label">{translate('overlay.title')}</h3>
      <label className="dasp-field">
        <input
          type="checkbox"
          data-cy="aspects-overlay-visible"
          checked={overlay.visible}
          onChange={event => run('setAspectsOverlay', { visible: event.target.checked })}
        />
        {translate('overlay.visible')}
      </label>
      <label className="dasp-field">
        <input
          type="checkbox"
          data-cy="aspects-overlay-only"
          checked={overlay.only !== null}
          disabled={!selected}
          onChange={event => run('setAspectsOverlay', { only: event.target.checked ? selected : null })}
        />
        {translate('overlay.only')}
      </label>
      <label className="dasp-field">
        {translate('overlay.opacity')}
        <input
          type="range"
          min={0}
          max={100}
          step={5}
          data-cy="aspects-overlay-opacity"
          value={Math.round(overlay.opacity * 100)}
          onChange={event => run('setAspectsOverlay', { opacity: Number(event.target.value) / 100 })}
        />
      </label>
      <label className="dasp-field">
        {translate('overlay.mode')}
        <select
          data-cy="aspects-overlay-mode"
          value={overlay.mode}
          onChange={event => run('setAspectsOverlay', { mode: event.target.value as OverlayStyle['mode'] })}
        >
          {MODES.map(mode => (
            <option key={mode} value={mode}>
              {translate(`overlay.${mode}`)}
            </option>
          ))}
        </select>
      </label>
      <div className="dasp-buttons">
        <button
          type="button"
          className="dasp-button"
          data-cy="aspects-previous"
          onClick={() => run('previousAffectedRegion')}
        >
          {translate('overlay.previous')}
        </button>
        <button
          type="button"
          className="dasp-button"
          data-cy="aspects-next"
          onClick={() => run('nextAffectedRegion')}
        >
          {translate('overlay.next')}
        </button>
        <button
          type="button"
          className="dasp-button"
          data-cy="aspects-levels"
          onClick={() => run('showBothAspectsLevels')}
        >
          {translate('overlay.levels')}
        </button>
        <button
          type="button"
          className="dasp-button"
          data-cy="aspects-mirror"
          onClick={() => run('toggleMirrorComparison')}
        >
          {translate('overlay.mirror')}
        </button>
        <button
          type="button"
          className="dasp-button"
          data-cy="aspects-rescore"
          onClick={() => run('rescoreAspects')}
        >
          {translate('overlay.rescore')}
        </button>
      </div>
    </section>
  );
}
