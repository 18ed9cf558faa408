import type { ReactNode } from 'react';
import { isScoreSuspended } from '@deep-aspects/aspects/report';
import { translate } from '../i18n/translate';
import type { AspectsState, Draft } from '../session/state';
import { AboutComputation } from './AboutComputation';
import { DraftLine } from './DraftLine';
import { LevelSchematic } from './LevelSchematic';
import { MirrorView } from './MirrorView';
import { OverlayControls } from './OverlayControls';
import { RegionTable } from './RegionTable';
import { ReportFiles } from './ReportFiles';
import type { RunCommand } from './runCommand';
import { WarningList } from './WarningList';

interface Props {
  readonly state: AspectsState;
  readonly draft: Draft;
  readonly run: RunCommand;
}

/** What a reading is checked and changed with; what it rests on is folded below. */
export function CheckView({ state, draft, run }: Props) {
  const { result } = draft;
  const { selected } = state;
  const isSuspended = isScoreSuspended(result);
  return (
    <>
      <WarningList result={result} />
      {!isSuspended && <LevelSchematic result={result} selected={selected} run={run} />}
      <OverlayControls overlay={state.overlay} selected={selected} hasRegions={!isSuspended} run={run} />
      <DraftLine draft={draft} run={run} />
      <div className="dasp-folds">
        <Fold name="regions" title={translate('fold.regions')}>
          {isSuspended ? (
            <p className="dasp-hint">{translate('haemorrhage.regions')}</p>
          ) : (
            <RegionTable result={result} selected={selected} run={run} />
          )}
          <button
            type="button"
            className="dasp-button dasp-wide"
            data-cy="aspects-reset"
            disabled={draft.overrides.length === 0 && !draft.infarctEdited}
            onClick={() => run('resetReaderChanges')}
          >
            {translate('report.reset')}
          </button>
        </Fold>
        <Fold name="files" title={translate('fold.files')}>
          <ReportFiles run={run} />
        </Fold>
        <Fold name="about" title={translate('about.title')}>
          <AboutComputation result={result} />
          <div className="dasp-buttons">
            <button
              type="button"
              className="dasp-button"
              data-cy="aspects-rescore"
              onClick={() => run('rescoreAspects')}
            >
              {translate('overlay.rescore')}
            </button>
          </div>
        </Fold>
      </div>
      {state.mirror && <MirrorView picture={state.mirror} run={run} />}
    </>
  );
}

function Fold({ name, title, children }: { name: string; title: string; children: ReactNode }) {
  return (
    <details className="dasp-fold" data-cy={`aspects-fold-${name}`}>
      <summary data-cy={`aspects-unfold-${name}`}>{title}</summary>
      {children}
    </details>
  );
}
