/** @jest-environment jsdom */
import { act, cleanup, fireEvent } from '@testing-library/react';
import type { AspectsState, Draft } from '../session/state';
import { fakeDraft } from '../session/testing/fakeDraft';
import { fakeResult } from '../session/testing/fakeResult';
import { at, showPanel as show } from './testing/showPanel';

const focus = (element: Element) => act(() => (element as HTMLElement).focus());
const focused = () => document.activeElement;

const draft = fakeDraft(fakeResult(), { unsaved: true });
const suspected = { volumeMl: 12, hyperdenseMl: 12, suspected: true, keySlice: null };
const bled: Draft = { ...draft, result: { ...draft.result, haemorrhage: suspected } };
const corrected = (side: 'left' | 'right'): Draft => ({
  ...draft,
  result: fakeResult([{ side, region: 'M3', affected: true }]),
});

beforeEach(() => localStorage.setItem('i18nextLng', 'en-US'));
afterEach(cleanup);

const reading = () => document.querySelector('.dasp-score-card');
const panel = () => document.querySelector('.dasp-panel');

test.each<[string, Partial<AspectsState>, string, Partial<AspectsState>, () => Element | null]>([
  ['haemorrhage dismissed', { draft: bled }, 'aspects-haemorrhage-dismiss', { draft }, reading],
  ['draft discarded', { draft }, 'aspects-discard', { draft: null, phase: 'idle' }, panel],
  ['computation cancelled', { phase: 'running' }, 'aspects-cancel', { phase: 'idle' }, panel],
  [
    'series refused',
    { phase: 'running' },
    'aspects-cancel',
    { phase: 'refused', refusal: { code: 'NO_BRAIN', message: 'No brain.' } },
    panel,
  ],
])('%s: the focus stays in the panel', (_, before, handle, after, home) => {
  const store = show({ phase: 'done', ...before });
  focus(at(handle));
  expect(focused()).toBe(at(handle));
  act(() => store.update(after));
  expect(at(handle)).toBeNull();
  expect(home()).not.toBeNull();
  expect(focused()).toBe(home());
});

test('question answered: the focus is back where it was asked from, or with the reading where that is gone', () => {
  const store = show({ phase: 'done', draft });
  focus(at('aspects-discard'));
  act(() => store.update({ confirmation: { kind: 'discard' } }));
  expect(focused()).toBe(at('aspects-confirm-no'));
  act(() => store.update({ confirmation: null }));
  expect(focused()).toBe(at('aspects-discard'));
  act(() => store.update({ confirmation: { kind: 'reset' } }));
  act(() => store.update({ confirmation: null, draft: { ...draft, unsaved: false } }));
  expect(at('aspects-discard')).toBeNull();
  expect(focused()).toBe(reading());
});

test('region undone: the focus is on its switch', () => {
  const store = show({ phase: 'done', draft: corrected('right') });
  focus(at('aspects-undo-M3-right'));
  fireEvent.click(at('aspects-undo-M3-right'));
  act(() => store.update({ draft }));
  expect(at('aspects-undo-M3-right')).toBeNull();
  expect(focused()).toBe(at('aspects-region-M3-right').querySelector('[role="switch"]'));
});

test('a reader who has left the panel is not called back', () => {
  const store = show({ phase: 'done', draft: bled });
  focus(at('aspects-haemorrhage-dismiss'));
  act(() => at('aspects-haemorrhage-dismiss').blur());
  act(() => store.update({ draft }));
  expect(focused()).toBe(document.body);
});
