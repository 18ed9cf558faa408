import type { MouseEvent } from 'react';
import type { RegionResult } from '@deep-aspects/aspects/scoring';
import type { Side } from '@deep-aspects/aspects/scoring';
import { formatNumber } from '../i18n/formatNumber';
import { translate } from '../i18n/translate';
import { regionFigures, regionHint, regionReading } from './regionWords';
import type { RunCommand } from './runCommand';

interface Props {
  readonly side: Side;
  readonly region: RegionResult;
  readonly selected: boolean;
  readonly run: RunCommand;
}

/**
 * One region of one side: activating it shows its slice, the switch changes the reading, "Undo" takes
 * the change back.
 */
export function RegionRow({ side, region, selected, run }: Props) {
  const ref = { side, region: region.id };
  const name = translate(`regionFull.${region.id}`);
  const sideName = translate(`side.${side}`);
  const byReader = region.source === 'reader';
  return (
    <li
      className={selected ? 'dasp-region dasp-selected' : 'dasp-region'}
      data-cy={`aspects-region-${region.id}-${side}`}
      data-affected={region.affected}
      data-source={region.source}
      onClick={() => run('jumpToRegion', ref)}
    >
      <button type="button" className="dasp-jump" title={regionHint(region)} aria-current={selected}>
        <span className="dasp-region-name">
          {translate(`region.${region.id}`)}
          <i className="dasp-sr-only">{translate('region.ofSide', { side: sideName })}</i>
        </span>
        <span className="dasp-region-reading">{regionReading(region)}</span>
        <span className="dasp-region-figures">{regionFigures(region)}</span>
        <Probability region={region} />
        <i className="dasp-sr-only">{translate('region.jump')}</i>
      </button>
      <button
        type="button"
        role="switch"
        className="dasp-switch"
        aria-checked={region.affected}
        aria-label={translate('region.switch', { region: name, side: sideName })}
        onClick={only(() => run('setRegionAffected', { ...ref, affected: !region.affected }))}
      >
        <span className="dasp-knob" />
      </button>
      {byReader && (
        <button
          type="button"
          className="dasp-undo"
          data-cy={`aspects-undo-${region.id}-${side}`}
          aria-label={translate('region.undo', { region: name, side: sideName })}
          onClick={only(row => {
            // The button goes with the change.
            row?.querySelector<HTMLElement>('.dasp-switch')?.focus();
            run('undoRegionChange', ref);
          })}
        >
          {translate('region.undoShort')}
        </button>
      )}
    </li>
  );
}

/** How likely a reader would call the region affected, where the networks say so. */
function Probability({ region: { probability } }: Pick<Props, 'region'>) {
  if (typeof probability !== 'number') {
    return null;
  }
  const percent = formatNumber(probability * 100, 0);
  return (
    <span className="dasp-probability" title={translate('region.probability', { percent })}>
      <span className="dasp-probability-bar" style={{ width: `${probability * 100}%` }} />
      <i className="dasp-sr-only">{translate('region.probability', { percent })}</i>
    </span>
  );
}

/** A click that does not also count as one on the row. */
function only(action: (row: Element | null) => void): (event: MouseEvent) => void {
  return event => {
    event.stopPropagation();
    action(event.currentTarget.closest('li'));
  };
}
