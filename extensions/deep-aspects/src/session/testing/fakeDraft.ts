import type { Draft } from '../state';
import { TARGET } from './fakePorts';
import { fakeResult } from './fakeResult';

/** A computed result as the session holds it, for tests. */
export const fakeDraft = (result = fakeResult(), more: Partial<Draft> = {}): Draft => ({
  target: TARGET,
  result,
  overrides: [],
  infarctEdited: false,
  unsaved: false,
  ...more,
});
