import { useEffect, useRef, useSyncExternalStore, type CSSProperties, type KeyboardEvent } from 'react';
import { translate } from '../i18n/translate';
import { cssColour, INFARCT_CLASS_COLOURS, READING_COLOURS } from '@deep-aspects/aspects/report';
import type { AspectsState } from '../session/state';
import { ConfirmationBar } from './ConfirmationBar';
import { NoticeLine } from './NoticeLine';
import { RefusedView } from './RefusedView';
import { ReportFooter } from './ReportFooter';
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

/** The colours of the images, so that panel and images cannot differ. */
const COLOURS = {
  '--dasp-affected': cssColour(READING_COLOURS.affected),
  ...Object.fromEntries(
    INFARCT_CLASS_COLOURS.map((colour, index) => [`--dasp-class-${index + 1}`, cssColour(colour)])
  ),
} as CSSProperties;

/** The panel "ASPECTS": shows the controller's state and runs commands; computes nothing. */
export default function AspectsPanel({ watch, run }: AspectsPanelProps) {
  const state = useSyncExternalStore(watch.subscribe, watch.getSnapshot);
  const { draft, phase } = state;
  const hasResult = draft !== null && phase !== 'running';
  return (
    <section
      className="dasp-panel"
      style={COLOURS}
      aria-label={translate('panel.title')}
      data-phase={phase}
      onKeyDown={keepControlKeys}
    >
      <style>{panelStyles}</style>
      {hasResult && (
        <ReportFooter
          provider={draft.result.runtime.provider}
          store={state.store}
          notice={state.notice}
          run={run}
        />
      )}
      <div className="dasp-scroll">
        {state.confirmation && <ConfirmationBar confirmation={state.confirmation} run={run} />}
        <View state={state} run={run} />
        {!hasResult && (
          <>
            <NoticeLine notice={state.notice} />
            <p className="dasp-research">{translate('panel.researchOnly')}</p>
          </>
        )}
      </div>
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
  const wasRunning = useWasRunning(state.phase);
  if (state.phase === 'running') {
    return <RunningView progress={state.progress} run={run} />;
  }
  return (
    <>
      {state.phase === 'refused' && state.refusal && <RefusedView refusal={state.refusal} />}
      {state.draft ? (
        // A series that was refused takes nothing from the result of another.
        <ResultView
          state={state}
          draft={state.draft}
          isFresh={wasRunning && state.phase === 'done'}
          run={run}
        />
      ) : (
        <StartView target={state.target} active={state.active} run={run} />
      )}
    </>
  );
}

/** Whether a computation was seen under way before what is shown now. */
function useWasRunning(phase: AspectsState['phase']): boolean {
  const seen = useRef(false);
  useEffect(() => {
    seen.current = phase === 'running';
  }, [phase]);
  return seen.current;
}
