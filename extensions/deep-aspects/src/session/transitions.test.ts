import { createSessionStore } from './sessionStore';
import { INITIAL_STATE, type AspectsState, type MirrorPicture } from './state';
import { fakeDraft } from './testing/fakeDraft';
import { TARGET } from './testing/fakePorts';
import { fakeResult } from './testing/fakeResult';
import { transition, type SessionEvent, type SessionEvents } from './transitions';

const draft = fakeDraft(fakeResult(), { unsaved: true });
const region = { side: 'left', region: 'M1' } as const;
const refusal = { code: 'NO_BRAIN', message: 'No brain.' } as const;

const start: AspectsState = { ...INITIAL_STATE, target: TARGET };
const done: AspectsState = { ...start, phase: 'done', draft };

/** One state of each kind that a session goes through. */
const STATES = {
  start,
  running: { ...start, phase: 'running' },
  'running again': { ...done, phase: 'running' },
  done,
  rescoring: { ...done, rescoring: true },
  asking: { ...done, confirmation: { kind: 'discard' } },
  storing: { ...done, store: { phase: 'storing', percent: 10 } },
  refused: { ...start, phase: 'refused', refusal },
  'refused again': { ...done, phase: 'refused', refusal },
} satisfies Record<string, AspectsState>;
type Name = keyof typeof STATES;

const ALL = Object.keys(STATES) as Name[];
const RUNNING: Name[] = ['running', 'running again'];
const RESTING = ALL.filter(name => !RUNNING.includes(name));
const WITH_RESULT = ALL.filter(name => STATES[name].draft !== null);
const SHOWING = WITH_RESULT.filter(name => !RUNNING.includes(name));

const EVENTS: { readonly [Type in keyof SessionEvents]: [SessionEvents[Type], Name[]] } = {
  seriesFound: [{ target: null, active: TARGET }, ALL],
  computationStarted: [{}, RESTING],
  computationProgressed: [{ progress: { step: 'images', done: 1, total: 2, percent: 7 } }, RUNNING],
  computed: [{ draft }, RUNNING],
  computationCancelled: [{}, RUNNING],
  refused: [{ refusal }, RUNNING],
  restored: [{ draft }, ['start']],
  correctionStarted: [{}, WITH_RESULT],
  corrected: [{ draft }, ['rescoring']],
  correctionFailed: [{}, ['rescoring']],
  confirmationAsked: [{ confirmation: { kind: 'reset' } }, SHOWING],
  confirmationAnswered: [{}, ['asking']],
  discarded: [{}, RESTING],
  storingStarted: [{}, SHOWING.filter(name => name !== 'storing')],
  storingProgressed: [{ percent: 20 }, ['storing']],
  stored: [{ result: draft.result, at: '2026-01-02', message: 'Stored.' }, WITH_RESULT],
  storingFailed: [{ message: 'No.' }, ['storing']],
  nothingToStore: [{}, ['storing']],
  regionSelected: [{ region }, WITH_RESULT],
  overlayStyled: [{ change: { visible: false } }, ALL],
  mirrorShown: [{ picture: {} as MirrorPicture }, SHOWING],
  mirrorClosed: [{}, ALL],
  noticed: [{ notice: { key: 'notice.copied', tone: 'info' } }, ALL],
  modeLeft: [{}, ALL],
};

describe.each(Object.entries(EVENTS))('%s', (type, [payload, possible]) => {
  const event = { type, ...payload } as SessionEvent;

  it('happens where it means something, and nowhere else', () => {
    const happened = ALL.filter(name => transition(STATES[name], event) !== null);
    expect(happened).toEqual(possible);
  });
});

it('an event that cannot happen changes nothing and tells nobody', () => {
  const store = createSessionStore();
  const seen = jest.fn();
  store.subscribe(seen);
  const before = store.getSnapshot();
  expect(store.dispatch({ type: 'computed', draft })).toBe(false);
  expect(store.getSnapshot()).toBe(before);
  expect(seen).not.toHaveBeenCalled();
  expect(store.dispatch({ type: 'computationStarted' })).toBe(true);
  expect(seen).toHaveBeenCalledTimes(1);
});

const after = (name: Name, event: SessionEvent): AspectsState => ({
  ...STATES[name],
  ...transition(STATES[name], event),
});

it('a cancelled computation leads back to the former result, or to the start', () => {
  expect(after('running again', { type: 'computationCancelled' })).toMatchObject({ phase: 'done', draft });
  expect(after('running', { type: 'computationCancelled' })).toMatchObject({ phase: 'idle', draft: null });
});

it('a result of another series than the one in the viewer is not restored', () => {
  const other = { ...draft, target: { ...TARGET, seriesInstanceUID: '9.9' } };
  expect(transition(start, { type: 'restored', draft: other })).toBeNull();
});

it('what was stored counts for the result that was stored, and for no later one', () => {
  const stored = { type: 'stored', at: '2026-01-02', message: 'Stored.' } as const;
  const same = after('storing', { ...stored, result: draft.result });
  expect(same).toMatchObject({
    store: { phase: 'stored' },
    draft: { unsaved: false, storedAt: '2026-01-02' },
  });
  const former = after('storing', { ...stored, result: fakeResult() });
  expect(former).toMatchObject({ store: { phase: 'stored' }, draft: { unsaved: true } });
});

it('a correction while a report is on its way leaves the progress of storing', () => {
  const rescoringToo = { ...STATES.storing, rescoring: true };
  expect(transition(rescoringToo, { type: 'corrected', draft })).not.toHaveProperty('store');
  expect(transition(STATES.rescoring, { type: 'corrected', draft })).toMatchObject({
    store: { phase: 'idle' },
  });
});
