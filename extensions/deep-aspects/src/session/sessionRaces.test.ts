/** @jest-environment jsdom */
import { type fakePorts } from './testing/fakePorts';
import { computed, eventually, leaveSessions, settle, start } from './testing/startedSession';

afterEach(leaveSessions);

/** Holds the engine's rescoring up until `release`. */
function heldRescoring(ports: ReturnType<typeof fakePorts>) {
  const { rescore } = ports.engine;
  let release = () => undefined as void;
  const held = new Promise<void>(resolve => (release = resolve));
  ports.engine.rescore = async request => {
    await held;
    return rescore.call(ports.engine, request);
  };
  return () => release();
}

it('a draft that is discarded while a correction is scored does not come back', async () => {
  const { session, ports, state } = await computed();
  const release = heldRescoring(ports);
  const correcting = session.setRegionAffected({ side: 'left', region: 'M2', affected: true });
  await settle();
  await session.discardDraft();
  release();
  await correcting;
  await settle();
  expect(state()).toMatchObject({ phase: 'idle', draft: null, rescoring: false });
  expect(await ports.drafts.load('1.2.3')).toBeNull();
});

it('a correction of the former result is not laid over a new one', async () => {
  const { session, ports, state } = await computed();
  const release = heldRescoring(ports);
  const correcting = session.setRegionAffected({ side: 'left', region: 'M2', affected: true });
  await settle();
  await session.compute();
  release();
  await correcting;
  expect(state().draft).toMatchObject({ overrides: [], unsaved: false, result: { score: 8 } });
});

it('nothing is discarded while the networks run', async () => {
  const { session, ports, state } = await computed();
  ports.engine.hangs = true;
  const computing = session.compute();
  await settle();
  await session.discardDraft();
  expect(state().phase).toBe('running');
  expect(ports.viewer.shown).not.toBeNull();
  session.cancel();
  await computing;
  expect(state()).toMatchObject({ phase: 'done', draft: { result: { score: 8 } } });
});

it('a computation of a mode that was left does not end the one of the next', async () => {
  const { session, ports, state } = start();
  ports.engine.hangs = true;
  const left = session.compute();
  await settle();
  session.onModeExit();
  expect(state()).toMatchObject({ phase: 'idle', notice: null });
  session.onModeEnter();
  const computing = session.compute();
  await left;
  await eventually(() => expect(state()).toMatchObject({ phase: 'running', notice: null }));
  session.cancel();
  await computing;
});

it('strokes of the brush count after a computation that was refused, since the former result is still shown', async () => {
  const { session, ports, state } = await computed();
  ports.viewer.readFailure = new Error('no pixels');
  await session.compute();
  expect(state()).toMatchObject({ phase: 'refused', draft: { result: { score: 8 } } });
  ports.viewer.readFailure = null;
  ports.viewer.paint();
  await new Promise(resolve => setTimeout(resolve, 700));
  expect(state().draft).toMatchObject({ infarctEdited: true, result: { infarct: { volumeMl: 8 } } });
});
