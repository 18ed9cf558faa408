import { useSyncExternalStore, type KeyboardEvent } from 'react';
import type { AspectsState } from '../session/state';
import { translate } from '../i18n/translate';
import { ConfirmationBar } from './ConfirmationBar';
import { NoticeLine } from './NoticeLine';
import { RefusedView } from './RefusedView';
import { ResultView } from './ResultView';
import { RunningView } from './RunningView';
import type { RunCommand } from './runCommand';
import { StartView } from './StartView';
import panelStyles from './panel.css';

export interface AspectsPanelProps {
  /** The state to show, and how to hear of its changes. */
  readonly watch: { getSnapshot(): AspectsState; subscribe(listener: () => void): () => void };
  readonly run: RunCommand;
}

/** The panel "ASPECTS": shows the controller's state and runs commands; computes nothing. */
export default function AspectsPanel({ watch, run }: AspectsPanelProps) {
  const state = useSyncExternalStore(watch.subscribe, watch.getSnapshot);
  return (
    <section
      className="dasp-panel"
      aria-label={translate('panel.title')}
      data-phase={state.phase}
      onKeyDown={keepControlKeys}
    >
      <style>{panelStyles}</style>
      {state.confirmation && <ConfirmationBar confirmation={state.confirmation} run={run} />}
      <View state={state} run={run} />
      <NoticeLine notice={state.notice} />
      <p className="dasp-research">{translate('panel.researchOnly')}</p>
    </section>
  );
}

/** Keys by which a control is worked. The viewer has meanings of its own for them, and would take Enter from a button. */
const CONTROL_KEYS = /^(Enter| |Escape|Arrow(Up|Down|Left|Right)|Home|End|Page(Up|Down))$/;

function keepControlKeys({ key, nativeEvent }: KeyboardEvent): void {
  if (CONTROL_KEYS.test(key)) {
    nativeEvent.stopPropagation();
  }
}

function View({ state, run }: { state: AspectsState; run: RunCommand }) {
  if (state.phase === 'running') {
    return <RunningView progress={state.progress} run={run} />;
  }
  if (state.phase === 'done' && state.draft) {
    return <ResultView state={state} draft={state.draft} run={run} />;
  }
  return (
    <>
      {state.phase === 'refused' && state.refusal && <RefusedView refusal={state.refusal} />}
      <StartView target={state.target} run={run} />
    </>
  );
}
