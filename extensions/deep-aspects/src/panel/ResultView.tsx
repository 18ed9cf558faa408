import { translate } from '../i18n/translate';
import type { AspectsState, Draft } from '../session/state';
import { AboutComputation } from './AboutComputation';
import { DraftLine } from './DraftLine';
import { LevelSchematic } from './LevelSchematic';
import { MirrorView } from './MirrorView';
import { OverlayControls } from './OverlayControls';
import { RegionTable } from './RegionTable';
import { ReportActions } from './ReportActions';
import type { RunCommand } from './runCommand';
import { ScoreCard } from './ScoreCard';
import { seriesName } from './seriesName';
import { WarningList } from './WarningList';

interface Props {
  readonly state: AspectsState;
  readonly draft: Draft;
  readonly run: RunCommand;
}

/** After: score first, then what it rests on, then what to do with it. */
export function ResultView({ state, draft, run }: Props) {
  const { result } = draft;
  const { target } = state;
  const elsewhere = target && target.seriesInstanceUID !== draft.target.seriesInstanceUID;
  return (
    <>
      <p className="dasp-series">{seriesName(draft.target)}</p>
      {elsewhere && (
        <p className="dasp-warning">{translate('start.other', { series: seriesName(target) })}</p>
      )}
      <ScoreCard result={result} rescoring={state.rescoring} />
      <DraftLine draft={draft} run={run} />
      <WarningList warnings={result.warnings} />
      <LevelSchematic result={result} selected={state.selected} run={run} />
      <RegionTable result={result} selected={state.selected} run={run} />
      <button
        type="button"
        className="dasp-button dasp-wide"
        data-cy="aspects-reset"
        disabled={draft.overrides.length === 0 && !draft.infarctEdited}
        onClick={() => run('resetReaderChanges')}
      >
        {translate('report.reset')}
      </button>
      <OverlayControls overlay={state.overlay} selected={state.selected} run={run} />
      {state.mirror && <MirrorView picture={state.mirror} run={run} />}
      <ReportActions store={state.store} run={run} />
      <AboutComputation result={result} />
      <button
        type="button"
        className="dasp-button dasp-wide"
        data-cy="aspects-compute"
        onClick={() => run('computeAspects')}
      >
        {translate('start.compute')}
      </button>
    </>
  );
}
