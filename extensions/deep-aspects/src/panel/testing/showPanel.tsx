import { render } from '@testing-library/react';
import { createObservableStore, type ObservableStore } from '../../session/observableStore';
import { INITIAL_STATE, type AspectsState } from '../../session/state';
import { TARGET } from '../../session/testing/fakePorts';
import AspectsPanel from '../AspectsPanel';
import type { RunCommand } from '../runCommand';

/** The element that carries a `data-cy` handle; null where there is none, which a test asks for as well. */
export const at = (handle: string) => document.querySelector(`[data-cy="${handle}"]`) as HTMLElement;

/** Renders the panel over a session's state and returns the store that it watches. */
export function showPanel(
  state: Partial<AspectsState>,
  run: RunCommand = () => undefined
): ObservableStore<AspectsState> {
  const store = createObservableStore<AspectsState>({ ...INITIAL_STATE, target: TARGET, ...state });
  render(<AspectsPanel watch={store} run={run} />);
  return store;
}
