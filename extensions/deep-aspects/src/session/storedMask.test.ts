/** @jest-environment jsdom */
import { computed, leaveSessions } from './testing/startedSession';

afterEach(leaveSessions);

/** All eight pixels of the two planes: four of the model, four of the brush. */
const PAINTED_ML = 8;

const pixels = (planes: readonly Uint8Array[]) =>
  planes.reduce((sum, plane) => sum + plane.reduce((count, value) => count + value, 0), 0);

describe('a stroke of the brush just before', () => {
  it('storing is scored first, so that mask and report in the PACS are what is seen', async () => {
    const { session, ports, state } = await computed();
    ports.viewer.paint();
    await session.storeReport();
    const [sent] = ports.report.sent;
    expect(sent.draft).toMatchObject({ infarctEdited: true, result: { infarct: { volumeMl: PAINTED_ML } } });
    expect(pixels(sent.infarct)).toBe(PAINTED_ML);
    expect(state()).toMatchObject({ store: { phase: 'stored' }, draft: { unsaved: false } });
  });

  it('copying is in the text', async () => {
    const { session, ports } = await computed();
    ports.viewer.paint();
    await session.copyReport();
    expect(ports.report.copied[0].draft.result.infarct.volumeMl).toBe(PAINTED_ML);
  });

  it('a second press once it is scored stores nothing twice', async () => {
    const { session, ports, state } = await computed();
    const presses: Promise<void>[] = [];
    session.subscribe(() => {
      if (state().draft?.infarctEdited && presses.length === 0) {
        presses.push(session.storeReport());
      }
    });
    ports.viewer.paint();
    await session.storeReport();
    await Promise.all(presses);
    expect(presses).toHaveLength(1);
    expect(ports.report.sent).toHaveLength(1);
  });
});

describe('a mask that cannot be scored', () => {
  it('is not stored, nor is the former one in its place', async () => {
    const { session, ports, state } = await computed();
    ports.viewer.paint();
    ports.engine.rescore = async () => Promise.reject(new Error('worker gone'));
    await session.storeReport();
    expect(ports.report.sent).toEqual([]);
    expect(state().store).toEqual({ phase: 'failed', message: 'worker gone' });
  });

  it('is scored at the next try', async () => {
    const { session, ports, state } = await computed();
    const { rescore } = ports.engine;
    ports.engine.rescore = async () => Promise.reject(new Error('worker gone'));
    ports.viewer.paint();
    const before = state().draft?.result;
    await session.rescore();
    expect(state().draft?.result).toBe(before);
    ports.engine.rescore = rescore;
    await session.storeReport();
    expect(ports.report.sent[0].draft.result.infarct.volumeMl).toBe(PAINTED_ML);
  });
});

it('a draft that cannot be kept in the browser is stored all the same', async () => {
  const { session, ports, state } = await computed();
  ports.drafts.save = async () => Promise.reject(new Error('quota'));
  ports.viewer.paint();
  await session.storeReport();
  expect(state().store.phase).toBe('stored');
});
