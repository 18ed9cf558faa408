import { AspectsSession } from './aspectsSession';
import { fakePorts, TARGET, type FakePorts } from './testing/fakePorts';
import { fakeResult } from './testing/fakeResult';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const LATER_MS = 10_000;

function opened(change: Partial<FakePorts> = {}) {
  const ports = { ...fakePorts(), readsAhead: true, ...change };
  const session = new AspectsSession(ports);
  session.onModeEnter();
  session.panelOpened();
  return { session, ports };
}

describe('while a study is read', () => {
  it('networks and series are made ready, and a click scores that very series without reading it again', async () => {
    const { session, ports } = opened();
    await jest.advanceTimersByTimeAsync(LATER_MS);
    const [networks, series, ...more] = ports.engine.prepared;
    expect([networks, more]).toEqual(['networks', []]);
    await session.compute();
    expect(ports.engine.scored).toEqual([series]);
    expect(ports.engine.scored[0]).toBe(series);
    expect(ports.viewer.reads).toBe(1);
  });

  it('the viewer has its first seconds for itself; a click in them reads the series itself', async () => {
    const { session, ports } = opened();
    await jest.advanceTimersByTimeAsync(1000);
    expect(ports.engine.prepared).toEqual([]);
    await session.compute();
    await jest.advanceTimersByTimeAsync(LATER_MS);
    expect(ports.viewer.reads).toBe(1);
    expect(ports.engine.prepared).toEqual(['networks']);
  });

  it('another series takes the place of the first; the first is not scored for it', async () => {
    const { session, ports } = opened();
    await jest.advanceTimersByTimeAsync(LATER_MS);
    const [, first] = ports.engine.prepared;
    ports.viewer.selectSeries({ ...TARGET, displaySetInstanceUID: 'another' });
    await jest.advanceTimersByTimeAsync(LATER_MS);
    const second = ports.engine.prepared.at(-1);
    expect(ports.viewer.reads).toBe(2);
    await session.compute();
    expect(ports.engine.scored[0]).toBe(second);
    expect(ports.engine.scored[0]).not.toBe(first);
  });

  it('a series that has grown is read again', async () => {
    const { session, ports } = opened();
    await jest.advanceTimersByTimeAsync(LATER_MS);
    ports.viewer.selectSeries({ ...TARGET, imageCount: TARGET.imageCount + 1 });
    await session.compute();
    expect(ports.viewer.reads).toBe(2);
  });

  it('of a very long series only the networks are made ready', async () => {
    const ports = fakePorts();
    ports.viewer.target = { ...TARGET, imageCount: 2000 };
    opened(ports);
    await jest.advanceTimersByTimeAsync(LATER_MS);
    expect(ports.engine.prepared).toEqual(['networks']);
    expect(ports.viewer.reads).toBe(0);
  });

  it('a failure is silent, and told at the click', async () => {
    const ports = fakePorts();
    ports.viewer.readFailure = new Error('slice 3 is broken');
    const { session } = opened(ports);
    await jest.advanceTimersByTimeAsync(LATER_MS);
    expect(session.getSnapshot()).toMatchObject({ phase: 'idle', notice: null });
    await session.compute();
    expect(session.getSnapshot()).toMatchObject({
      phase: 'refused',
      refusal: { message: 'slice 3 is broken' },
    });
  });
});

describe('nothing is fetched before the click', () => {
  const untouched = ({ engine, viewer }: FakePorts) => engine.prepared.length === 0 && viewer.reads === 0;

  it('where the site forbids it', async () => {
    const { ports } = opened({ readsAhead: false });
    await jest.advanceTimersByTimeAsync(LATER_MS);
    expect(untouched(ports)).toBe(true);
  });

  it('without the panel', async () => {
    const ports = { ...fakePorts(), readsAhead: true };
    new AspectsSession(ports).onModeEnter();
    await jest.advanceTimersByTimeAsync(LATER_MS);
    expect(untouched(ports)).toBe(true);
  });

  it('once the mode was left', async () => {
    const { session, ports } = opened();
    await jest.advanceTimersByTimeAsync(500);
    session.onModeExit();
    await jest.advanceTimersByTimeAsync(LATER_MS);
    expect(untouched(ports)).toBe(true);
  });

  it('where a stored report becomes known a moment after the images, however long it takes to come', async () => {
    const { session, ports } = opened();
    await jest.advanceTimersByTimeAsync(1000);
    const planes = [new Uint8Array(4), new Uint8Array(4)];
    ports.report.inArchive = {
      result: fakeResult(),
      regions: planes,
      infarct: planes,
      infarctEdited: false,
      createdAt: '2026-01-02T03:04:05Z',
    };
    ports.report.findStored = async () => {
      await new Promise(resolve => setTimeout(resolve, 5000));
      return ports.report.inArchive;
    };
    ports.viewer.selectSeries(TARGET);
    await jest.advanceTimersByTimeAsync(LATER_MS);
    expect(session.getSnapshot().phase).toBe('done');
    expect(ports.engine.prepared).toEqual([]);
  });
});
