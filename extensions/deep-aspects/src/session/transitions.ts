import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import {
  INITIAL_STATE,
  type AspectsState,
  type Confirmation,
  type Draft,
  type MirrorPicture,
  type Notice,
  type OverlayStyle,
  type RefusalNotice,
  type RegionRef,
  type ScoringTarget,
  type ViewerProgress,
} from './state';

/** What can happen in a session, with what comes with it. */
export interface SessionEvents {
  seriesFound: { readonly target: ScoringTarget | null; readonly active?: ScoringTarget | null };
  computationStarted: object;
  computationProgressed: { readonly progress: ViewerProgress };
  computed: { readonly draft: Draft };
  computationCancelled: object;
  refused: { readonly refusal: RefusalNotice };
  /** An earlier result of the series, from this browser or from the archive. */
  restored: { readonly draft: Draft };
  correctionStarted: object;
  corrected: { readonly draft: Draft };
  correctionFailed: object;
  confirmationAsked: { readonly confirmation: Confirmation };
  confirmationAnswered: object;
  discarded: object;
  storingStarted: object;
  storingProgressed: { readonly percent: number };
  /** `result` is the one that the archive took; `at` is ISO time. */
  stored: { readonly result: AspectsResult; readonly at: string; readonly message: string };
  storingFailed: { readonly message: string };
  nothingToStore: object;
  regionSelected: { readonly region: RegionRef | null };
  overlayStyled: { readonly change: Partial<OverlayStyle> };
  mirrorShown: { readonly picture: MirrorPicture };
  mirrorClosed: object;
  noticed: { readonly notice: Notice };
  modeLeft: object;
}

export type SessionEvent = {
  [Type in keyof SessionEvents]: { readonly type: Type } & SessionEvents[Type];
}[keyof SessionEvents];

interface Transition<Event> {
  /** The states in which it can happen. In any other one it comes too late, and is ignored. */
  readonly when: (state: AspectsState, event: Event) => boolean;
  readonly to: (state: AspectsState, event: Event) => Partial<AspectsState>;
}

const always = () => true;
const isRunning = ({ phase }: AspectsState) => phase === 'running';
const isStoring = ({ store }: AspectsState) => store.phase === 'storing';
const hasResult = ({ draft }: AspectsState) => draft !== null;
const showsResult = (state: AspectsState) => hasResult(state) && !isRunning(state);
const cancelled: Notice = { key: 'notice.cancelled', tone: 'info' };

/** Nothing computed, restored or under way: an earlier result would be in nobody's way. */
export const isVacant = (state: AspectsState) => state.phase === 'idle' && !hasResult(state);

/** Every change of the session's state: when it can happen, and what it makes of the state. */
// prettier-ignore
const TRANSITIONS: { readonly [Type in keyof SessionEvents]: Transition<SessionEvents[Type]> } = {
  seriesFound:           { when: always,         to: (_, { target, active }) => (active === undefined ? { target } : { target, active }) },

  computationStarted:    { when: state => !isRunning(state),
                                                 to: () => ({ phase: 'running', refusal: null, confirmation: null, notice: null, mirror: null, store: { phase: 'idle' } }) },
  computationProgressed: { when: isRunning,      to: (_, { progress }) => ({ progress }) },
  computed:              { when: isRunning,      to: (_, { draft }) => ({ phase: 'done', draft, rescoring: false, progress: null, selected: null }) },
  computationCancelled:  { when: isRunning,      to: state => ({ phase: hasResult(state) ? 'done' : 'idle', notice: cancelled, progress: null }) },
  refused:               { when: isRunning,      to: (_, { refusal }) => ({ phase: 'refused', refusal, notice: null, progress: null }) },
  restored:              { when: (state, { draft }) => isVacant(state) && state.target?.seriesInstanceUID === draft.target.seriesInstanceUID,
                                                 to: (_, { draft }) => ({ phase: 'done', draft }) },

  correctionStarted:     { when: hasResult,      to: () => ({ rescoring: true, notice: null }) },
  corrected:             { when: ({ rescoring }) => rescoring,
                                                 to: (state, { draft }) => ({ draft, rescoring: false, ...(isStoring(state) ? {} : { store: { phase: 'idle' } }) }) },
  correctionFailed:      { when: ({ rescoring }) => rescoring,
                                                 to: () => ({ rescoring: false }) },
  confirmationAsked:     { when: showsResult,    to: (_, { confirmation }) => ({ confirmation }) },
  confirmationAnswered:  { when: ({ confirmation }) => confirmation !== null,
                                                 to: () => ({ confirmation: null }) },
  discarded:             { when: state => !isRunning(state),
                                                 to: () => ({ phase: 'idle', draft: null, refusal: null, confirmation: null, rescoring: false, selected: null, mirror: null, store: { phase: 'idle' } }) },

  storingStarted:        { when: state => showsResult(state) && !isStoring(state),
                                                 to: () => ({ store: { phase: 'storing', percent: 0 } }) },
  storingProgressed:     { when: isStoring,      to: (_, { percent }) => ({ store: { phase: 'storing', percent } }) },
  stored:                { when: (state, { result }) => isStoring(state) || state.draft?.result === result,
                                                 to: afterStoring },
  storingFailed:         { when: isStoring,      to: (_, { message }) => ({ store: { phase: 'failed', message } }) },
  nothingToStore:        { when: isStoring,      to: () => ({ store: { phase: 'idle' } }) },

  regionSelected:        { when: (state, { region }) => region === null || hasResult(state),
                                                 to: (_, { region }) => ({ selected: region }) },
  overlayStyled:         { when: always,         to: ({ overlay }, { change }) => ({ overlay: { ...overlay, ...change } }) },
  mirrorShown:           { when: showsResult,    to: (_, { picture }) => ({ mirror: picture }) },
  mirrorClosed:          { when: always,         to: () => ({ mirror: null }) },
  noticed:               { when: always,         to: (_, { notice }) => ({ notice }) },
  modeLeft:              { when: always,         to: () => INITIAL_STATE },
};

/** A correction made meanwhile is not in what was stored: its draft stays unsaved. */
function afterStoring(state: AspectsState, { result, at, message }: SessionEvents['stored']) {
  const { draft } = state;
  return {
    ...(isStoring(state) ? { store: { phase: 'stored', at, message } as const } : {}),
    ...(draft?.result === result ? { draft: { ...draft, unsaved: false, storedAt: at } } : {}),
  };
}

/** What an event changes; null where it cannot happen in that state. */
export function transition(state: AspectsState, event: SessionEvent): Partial<AspectsState> | null {
  // The table has an event's own transition under its type, which the compiler cannot follow through a union.
  const { when, to } = TRANSITIONS[event.type] as Transition<SessionEvent>;
  return when(state, event) ? to(state, event) : null;
}
