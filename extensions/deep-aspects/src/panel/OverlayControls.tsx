import { translate } from '../i18n/translate';
import { OVERLAY_MODES, type OverlayMode, type OverlayStyle, type RegionRef } from '../session/state';
import type { RunCommand } from './runCommand';
import { useRovingFocus } from './useRovingFocus';

/** Reading aids as buttons: [handle, command]. */
const AIDS = [
  ['previous', 'previousAffectedRegion'],
  ['next', 'nextAffectedRegion'],
  ['mirror', 'toggleMirrorComparison'],
  ['window', 'toggleAspectsWindow'],
  ['levels', 'showBothAspectsLevels'],
] as const;

interface Props {
  readonly overlay: OverlayStyle;
  readonly selected: RegionRef | null;
  /** Whether regions are drawn at all: not as long as the score is suspended. */
  readonly hasRegions: boolean;
  readonly run: RunCommand;
}

/**
 * Stepping through the affected regions, comparing sides, the window, and how regions and infarct are drawn.
 */
export function OverlayControls({ overlay, selected, hasRegions, run }: Props) {
  const roving = useRovingFocus(AIDS.length);
  return (
    <section className="dasp-aids" aria-label={translate('overlay.title')}>
      <div
        role="toolbar"
        aria-label={translate('overlay.aids')}
        className="dasp-buttons"
        onKeyDown={roving.onKeyDown}
      >
        {AIDS.map(([handle, command], index) => (
          <button
            key={handle}
            type="button"
            className="dasp-button dasp-small"
            data-cy={`aspects-${handle}`}
            title={translate(`overlay.${handle}Hint`)}
            aria-label={translate(`overlay.${handle}Hint`)}
            {...roving.item(index)}
            onClick={() => run(command)}
          >
            {translate(`overlay.${handle}`)}
          </button>
        ))}
      </div>
      <div className="dasp-overlay-line">
        <label className="dasp-field" title={translate('overlay.visibleHint')}>
          <input
            type="checkbox"
            data-cy="aspects-overlay-visible"
            checked={overlay.visible}
            onChange={event => run('setAspectsOverlay', { visible: event.target.checked })}
          />
          {translate('overlay.visible')}
        </label>
        {hasRegions && (
          <select
            aria-label={translate('overlay.mode')}
            title={translate('overlay.modeHint')}
            data-cy="aspects-overlay-mode"
            value={overlay.mode}
            onChange={event => run('setAspectsOverlay', { mode: event.target.value as OverlayMode })}
          >
            {OVERLAY_MODES.map(mode => (
              <option key={mode} value={mode}>
                {translate(`overlay.${mode}`)}
              </option>
            ))}
          </select>
        )}
      </div>
      <div className="dasp-overlay-line">
        <label className="dasp-field dasp-fill" title={translate('overlay.opacity')}>
          {translate('overlay.fill')}
          <input
            type="range"
            min={0}
            max={100}
            step={5}
            aria-label={translate('overlay.opacity')}
            data-cy="aspects-overlay-opacity"
            value={Math.round(overlay.opacity * 100)}
            onChange={event => run('setAspectsOverlay', { opacity: Number(event.target.value) / 100 })}
          />
        </label>
        {hasRegions && (
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
        )}
      </div>
    </section>
  );
}
