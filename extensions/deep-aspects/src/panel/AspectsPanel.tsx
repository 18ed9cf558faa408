import { useEffect, useRef, useSyncExternalStore, type CSSProperties, type KeyboardEvent } from 'react';
import { translate } from '../i18n/translate';
import { cssColour, INFARCT_CLASS_COLOURS, READING_COLOURS } from '@deep-aspects/aspects/report';
import type { AspectsState } from '../session/state';
import { CheckView } from './CheckView';
import { ConfirmationBar } from './ConfirmationBar';
import { NoticeLine } from './NoticeLine';
import { ReadingView } from './ReadingView';
import { RefusedView } from './RefusedView';
import { ReportFooter } from './ReportFooter';
import { RunningView } from './RunningView';
import type { RunCommand } from './runCommand';
import { StartView } from './StartView';
import mirrorStyles from './mirror.css';
import regionStyles from './regions.css';
import { useKeptFocus } from './useKeptFocus';
import panelStyles from './panel.css';
import resultStyles from './result.css';

/** What folds a narrow panel, in the styles of the result, comes after what it changes. */
const STYLES = [panelStyles, regionStyles, resultStyles, mirrorStyles].join('\n');

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

/**
 * The panel "ASPECTS": shows the controller's state and runs commands; computes nothing. In the order of the
 * keyboard the reading comes first, then storing it, then what it is checked and changed with.
 */
export default function AspectsPanel({ watch, run }: AspectsPanelProps) {
  const state = useSyncExternalStore(watch.subscribe, watch.getSnapshot);
  const { draft, phase } = state;
  const wasRunning = useWasRunning(phase);
  const panel = useRef<HTMLElement>(null);
  const keptFocus = useKeptFocus(panel, '.dasp-score-card');
  const isShown = draft !== null && phase !== 'running';
  return (
    <section
      className="dasp-panel"
      style={COLOURS}
      aria-label={translate('panel.title')}
      data-phase={phase}
      ref={panel}
      tabIndex={-1}
      onKeyDown={keepControlKeys}
      {...keptFocus}
    >
      <style>{STYLES}</style>
      <div className={isShown ? 'dasp-top' : 'dasp-scroll'}>
        {state.confirmation && <ConfirmationBar confirmation={state.confirmation} run={run} />}
        {phase === 'running' && <RunningView progress={state.progress} run={run} />}
        {phase === 'refused' && state.refusal && <RefusedView refusal={state.refusal} />}
        {isShown && (
          // A series that was refused takes nothing from the result of another.
          <ReadingView state={state} draft={draft} isFresh={wasRunning && phase === 'done'} run={run} />
        )}
        {!isShown && phase !== 'running' && (
          <StartView target={state.target} active={state.active} isRefused={phase === 'refused'} run={run} />
        )}
        {!isShown && (
          <>
            <NoticeLine notice={state.notice} />
            <p className="dasp-research">{translate('panel.researchOnly')}</p>
          </>
        )}
      </div>
      {isShown && (
        <>
          <ReportFooter
            provider={draft.result.runtime.provider}
            store={state.store}
            notice={state.notice}
            run={run}
          />
          <div className="dasp-scroll">
            <CheckView state={state} draft={draft} run={run} />
          </div>
        </>
      )}
    </section>
  );
}

/**
 * Keys by which a control is worked. The viewer has meanings of its own for them, and would take Enter
 * from a button.
 */
const CONTROL_KEYS = /^(Enter| |Escape|Arrow(Up|Down|Left|Right)|Home|End|Page(Up|Down))$/;

function keepControlKeys({ key, nativeEvent }: KeyboardEvent): void {
  if (CONTROL_KEYS.test(key)) {
    nativeEvent.stopPropagation();
  }
}

/** Whether a computation was seen under way before what is shown now. */
function useWasRunning(phase: AspectsState['phase']): boolean {
  const seen = useRef(false);
  useEffect(() => {
    seen.current = phase === 'running';
  }, [phase]);
  return seen.current;
}
