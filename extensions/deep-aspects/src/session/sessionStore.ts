import { createObservableStore } from './observableStore';
import { INITIAL_STATE, type AspectsState } from './state';
import { transition, type SessionEvent } from './transitions';

/** The session's state, which changes by the events of `transitions.ts` alone. */
export interface SessionStore {
  readonly getSnapshot: () => AspectsState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Whether the event could happen in the present state; where it could not, nothing has changed. */
  readonly dispatch: (event: SessionEvent) => boolean;
}

export function createSessionStore(): SessionStore {
  const { getSnapshot, subscribe, update } = createObservableStore<AspectsState>(INITIAL_STATE);
  return {
    getSnapshot,
    subscribe,
    dispatch(event) {
      const change = transition(getSnapshot(), event);
      if (change) {
        update(change);
      }
      return change !== null;
    },
  };
}
