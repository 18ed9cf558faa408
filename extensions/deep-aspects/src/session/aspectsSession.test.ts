/** @jest-environment jsdom */
import { Refusal } from '@deep-aspects/aspects/series';
import type { AspectsSession } from './aspectsSession';
import { createMemoryDraftStore, type DraftStore } from './drafts/draftStore';
import { fakePorts, FakeViewer, TARGET } from './testing/fakePorts';
import { fakeResult } from './testing/fakeResult';
import { computed, eventually, leaveSessions, settle, start } from './testing/startedSession';

afterEach(leaveSessions);

const region = (session: AspectsSession, side: 'left' | 'right', id: string) =>
  session.getSnapshot().draft?.result.hemispheres[side].regions.find(one => one.id === id);

const unload = () => {
  const event = new Event('beforeunload', { cancelable: true });
  globalThis.dispatchEvent(event);
  return event.defaultPrevented;
};

describe('computing', () => {
  it('goes from the active series to a result on the images', async () => {
    const { session, ports, state } = start();
    expect(state().target).toEqual(TARGET);
    const percents: number[] = [];
    session.subscribe(() => state().progress && percents.push(state().progress!.percent));
    await session.compute();
    expect(state()).toMatchObject({ phase: 'done', progress: null, draft: { result: { score: 8 } } });
    expect(ports.viewer.shown?.regions[0][0]).toBe(5);
    expect(ports.viewer.shown?.keySlices[5]).toBe('1.2.3.4');
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
    expect(percents.length).toBeGreaterThan(2);
  });

  it('tells a refusal by its code', async () => {
    const ports = fakePorts();
    ports.engine.failure = new Refusal('NO_BRAIN', 'No brain.');
    const { session, state } = start(ports);
    await session.compute();
    expect(state()).toMatchObject({
      phase: 'refused',
      refusal: { code: 'NO_BRAIN', message: 'No brain.' },
      draft: null,
    });
  });

  it('tells what was not foreseen, and rejects nothing', async () => {
    const ports = fakePorts();
    ports.viewer.readFailure = new TypeError('boom');
    const { session, state } = start(ports);
    await expect(session.compute()).resolves.toBeUndefined();
    expect(state().refusal).toEqual({ code: 'UNKNOWN', message: 'boom' });
  });

  it('says so where no series is open', async () => {
    const ports = fakePorts();
    ports.viewer.target = null;
    const { session, state } = start(ports);
    await session.compute();
    expect(state().phase).toBe('refused');
  });

  it('is cancelled at once, back to the start', async () => {
    const ports = fakePorts();
    ports.engine.hangs = true;
    const { session, state } = start(ports);
    const computing = session.compute();
    await eventually(() => expect(state().phase).toBe('running'));
    session.cancel();
    await computing;
    expect(state()).toMatchObject({ phase: 'idle', refusal: null, notice: { key: 'notice.cancelled' } });
  });

  it('comes back to the former result when the second computation is cancelled', async () => {
    const { session, ports, state } = await computed();
    ports.engine.hangs = true;
    const computing = session.compute();
    await settle();
    session.cancel();
    await computing;
    expect(state()).toMatchObject({ phase: 'done', draft: { result: { score: 8 } } });
  });

  it('comes back to the former overlay when it is cancelled while the second is drawn', async () => {
    const { session, ports, state } = await computed();
    const former = ports.viewer.shown;
    const show = ports.viewer.overlay.show;
    ports.viewer.overlay.show = async content => {
      ports.viewer.overlay.show = show;
      await show(content);
      session.cancel();
    };
    await session.compute();
    expect(state()).toMatchObject({ phase: 'done', notice: { key: 'notice.cancelled' } });
    expect(ports.viewer.shown?.regions).toBe(former?.regions);
    await session.setRegionAffected({ side: 'left', region: 'M2', affected: true });
    expect(ports.engine.rescored[0].regions).toBe(former?.regions);
  });

  it('runs once however often it is asked for', async () => {
    const { session, ports } = start();
    await Promise.all([session.compute(), session.compute()]);
    expect(ports.engine.scores).toBe(1);
  });

  it('frees the engine when the mode is left', async () => {
    const { session, ports, state } = await computed();
    session.onModeExit();
    expect(ports.engine.disposed).toBe(true);
    expect(state().phase).toBe('idle');
  });
});

describe('corrections', () => {
  it('change the score and keep both readings', async () => {
    const { session, state } = await computed();
    await session.setRegionAffected({ side: 'left', region: 'M2', affected: true });
    expect(state().draft).toMatchObject({ unsaved: true, result: { score: 7, bin: 'B' } });
    expect(region(session, 'left', 'M2')).toMatchObject({
      affected: true,
      source: 'reader',
      modelAffected: false,
    });
  });

  it('are undone one by one', async () => {
    const { session, state } = await computed();
    await session.setRegionAffected({ side: 'left', region: 'M2', affected: true });
    await session.setRegionAffected({ side: 'left', region: 'M1', affected: false });
    await session.undoRegion({ side: 'left', region: 'M2' });
    expect(state().draft?.overrides).toEqual([{ side: 'left', region: 'M1', affected: false }]);
    expect(state().draft?.result.score).toBe(9);
  });

  it('end when the reader switches back to what the model says', async () => {
    const { session, state } = await computed();
    await session.setRegionAffected({ side: 'left', region: 'M1', affected: false });
    await session.setRegionAffected({ side: 'left', region: 'M1', affected: true });
    expect(state().draft).toMatchObject({ overrides: [], unsaved: false });
    expect(region(session, 'left', 'M1')?.source).toBe('model');
  });

  it('that come quickly one after the other all count', async () => {
    const { session, state } = await computed();
    await Promise.all(
      (['M2', 'M3', 'M4'] as const).map(id =>
        session.setRegionAffected({ side: 'left', region: id, affected: true })
      )
    );
    expect(state().draft?.result.score).toBe(5);
  });

  it('of the mask are scored once the brush rests, and the overrides stay', async () => {
    const { session, ports, state } = await computed();
    await session.setRegionAffected({ side: 'right', region: 'C', affected: true });
    ports.viewer.paint();
    ports.viewer.paint();
    await new Promise(resolve => setTimeout(resolve, 700));
    expect(state().draft).toMatchObject({
      infarctEdited: true,
      unsaved: true,
      result: { infarct: { volumeMl: 8 } },
    });
    expect(state().draft?.overrides).toHaveLength(1);
    expect(ports.engine.rescored).toHaveLength(2);
  });

  it('are all taken back after a yes, the mask too', async () => {
    const { session, ports, state } = await computed();
    await session.setRegionAffected({ side: 'right', region: 'C', affected: true });
    ports.viewer.paint();
    await session.rescore();
    await session.resetReaderChanges();
    expect(state().confirmation).toEqual({ kind: 'reset' });
    await session.answerConfirmation(true);
    expect(state().draft).toMatchObject({ overrides: [], infarctEdited: false, unsaved: false });
    expect(ports.viewer.painted[1]).toEqual(new Uint8Array(4));
    expect(state().draft?.result.infarct.volumeMl).toBe(4);
  });

  it('are asked for before a new computation discards them', async () => {
    const { session, ports, state } = await computed();
    await session.setRegionAffected({ side: 'left', region: 'M2', affected: true });
    await session.compute();
    expect(state().confirmation?.kind).toBe('recompute');
    expect(ports.engine.scores).toBe(1);
    await session.answerConfirmation(false);
    expect(state().draft?.result.score).toBe(7);
    await session.compute();
    await session.answerConfirmation(true);
    expect(ports.engine.scores).toBe(2);
    expect(state().draft).toMatchObject({ overrides: [], result: { score: 8 } });
  });

  it('warn before the page is left, until they are stored', async () => {
    const { session, state } = await computed();
    expect(unload()).toBe(false);
    await session.setRegionAffected({ side: 'left', region: 'M2', affected: true });
    expect(unload()).toBe(true);
    await session.storeReport();
    expect(state().store.phase).toBe('stored');
    expect(unload()).toBe(false);
  });

  it('that fail to score leave the former result and say why', async () => {
    const { session, ports, state } = await computed();
    ports.engine.rescore = async () => Promise.reject(new Error('worker gone'));
    await session.setRegionAffected({ side: 'left', region: 'M2', affected: true });
    expect(state()).toMatchObject({ rescoring: false, draft: { result: { score: 8 } } });
    expect(state().notice).toMatchObject({ tone: 'error', values: { message: 'worker gone' } });
  });
});

/** What the browser has stored of the series; that takes a few turns after each change. */
const kept = (drafts: DraftStore) => drafts.load(TARGET.seriesInstanceUID);

describe('drafts', () => {
  it('are there again after a reload, with what the reader changed, without running a network', async () => {
    const drafts = createMemoryDraftStore();
    const before = await computed(fakePorts(drafts));
    await before.session.setRegionAffected({ side: 'left', region: 'M2', affected: true });
    before.ports.viewer.paint();
    await before.session.rescore();
    await eventually(async () => expect(await kept(drafts)).toMatchObject({ infarctEdited: true }));

    const after = start(fakePorts(drafts));
    await eventually(() =>
      expect(after.state()).toMatchObject({
        phase: 'done',
        draft: { unsaved: true, infarctEdited: true, result: { score: 7 } },
      })
    );
    expect(after.state().draft?.restoredFrom).toBeDefined();
    expect(after.ports.engine.scores).toBe(0);
    expect(after.ports.viewer.shown?.infarct[1]).toEqual(new Uint8Array(4).fill(1));

    await after.session.undoRegion({ side: 'left', region: 'M2' });
    expect(after.state().draft?.result).toMatchObject({ score: 8, infarct: { volumeMl: 8 } });
    expect(after.ports.viewer.reads).toBe(1);
  });

  it('of another series stay where they are', async () => {
    const drafts = createMemoryDraftStore();
    await computed(fakePorts(drafts));
    const ports = fakePorts(drafts);
    ports.viewer.target = { ...TARGET, seriesInstanceUID: '9.9' };
    const other = start(ports);
    await settle();
    expect(other.state().phase).toBe('idle');
  });

  it('are gone once stored', async () => {
    const drafts = createMemoryDraftStore();
    const { session } = await computed(fakePorts(drafts));
    await eventually(async () => expect(await kept(drafts)).not.toBeNull());
    await session.storeReport();
    expect(await drafts.load(TARGET.seriesInstanceUID)).toBeNull();
  });

  it('stay for a retry when only half was stored', async () => {
    const ports = fakePorts();
    ports.report.outcome = { complete: false, message: 'SR refused' };
    const { session, state } = await computed(ports);
    await session.setRegionAffected({ side: 'left', region: 'M2', affected: true });
    await session.storeReport();
    expect(state()).toMatchObject({
      store: { phase: 'failed', message: 'SR refused' },
      draft: { unsaved: true },
    });
    expect(await ports.drafts.load(TARGET.seriesInstanceUID)).not.toBeNull();
  });

  it('are discarded after a yes, with their overlay', async () => {
    const { session, ports, state } = await computed();
    await session.setRegionAffected({ side: 'left', region: 'M2', affected: true });
    await session.discardDraft();
    expect(state().phase).toBe('done');
    await session.answerConfirmation(true);
    expect(state()).toMatchObject({ phase: 'idle', draft: null });
    expect(ports.viewer.shown).toBeNull();
    expect(await ports.drafts.load(TARGET.seriesInstanceUID)).toBeNull();
  });
});

describe('a result that the PACS holds', () => {
  it('is shown without running a network, once the study is known to have reports', async () => {
    const ports = fakePorts();
    const { state } = start(ports);
    await settle();
    expect(state().phase).toBe('idle');
    const overrides = [{ side: 'left' as const, region: 'M2' as const, affected: true }];
    const maps = [new Uint8Array(4).fill(5), new Uint8Array(4)];
    ports.report.inArchive = {
      result: fakeResult(overrides),
      regions: maps,
      infarct: maps.map(() => new Uint8Array(4)),
      infarctEdited: false,
      createdAt: '2026-01-02T03:04:05Z',
    };
    ports.viewer.selectSeries(TARGET);
    await eventually(() =>
      expect(state()).toMatchObject({
        phase: 'done',
        draft: { storedAt: '2026-01-02T03:04:05Z', unsaved: false, overrides, result: { score: 7 } },
      })
    );
    expect(ports.engine.scores).toBe(0);
  });
});

describe('without a panel, as in another mode of the host', () => {
  it('nothing is restored until one is opened', async () => {
    const drafts = createMemoryDraftStore();
    const before = await computed(fakePorts(drafts));
    await before.session.setRegionAffected({ side: 'left', region: 'M2', affected: true });
    await eventually(async () => expect(await kept(drafts)).toMatchObject({ result: { score: 7 } }));

    const ports = fakePorts(drafts);
    const { session, state } = start(ports, { panel: false });
    await settle();
    expect(state()).toMatchObject({ phase: 'idle', target: TARGET });
    expect(ports.viewer.shown).toBeNull();
    session.panelOpened();
    await eventually(() => expect(state()).toMatchObject({ phase: 'done', draft: { result: { score: 7 } } }));
  });

  it('nor is the archive read, even where another mode had one', async () => {
    const ports = fakePorts();
    ports.viewer.target = null;
    const { session, state } = start(ports, { panel: false });
    const close = session.panelOpened();
    close();
    close();
    session.onModeExit();
    session.onModeEnter();
    ports.report.inArchive = {
      result: fakeResult(),
      regions: [new Uint8Array(4), new Uint8Array(4)],
      infarct: [new Uint8Array(4), new Uint8Array(4)],
      infarctEdited: false,
      createdAt: '2026-01-02T03:04:05Z',
    };
    ports.viewer.selectSeries(TARGET);
    await settle();
    expect(state().phase).toBe('idle');
    expect(ports.viewer.reads).toBe(0);
    session.panelOpened();
    await eventually(() => expect(state().phase).toBe('done'));
  });
});

describe('reading aids', () => {
  it('jump to the key slice of a region', async () => {
    const { session, ports, state } = await computed();
    await session.jumpToRegion({ side: 'right', region: 'M3' });
    expect(ports.viewer.jumps).toEqual(['1.2.3.6 ganglionic']);
    expect(state().selected).toEqual({ side: 'right', region: 'M3' });
    await session.jumpToRegion({ side: 'left', region: 'M5' });
    expect(ports.viewer.jumps[1]).toBe('1.2.3.8 supraganglionic');
  });

  it('step round the affected regions both ways', async () => {
    const { session, state } = await computed();
    const steps: (string | undefined)[] = [];
    for (const step of [1, 1, 1, -1] as const) {
      await session.stepAffectedRegion(step);
      steps.push(state().selected?.region);
    }
    expect(steps).toEqual(['I', 'M1', 'I', 'M1']);
  });

  it('show only the selected region, and follow the selection', async () => {
    const { session, ports } = await computed();
    session.setOverlay({ only: { side: 'left', region: 'M1' } });
    await session.jumpToRegion({ side: 'left', region: 'M2' });
    expect(ports.viewer.style?.only).toEqual({ side: 'left', region: 'M2' });
  });
});

it('a viewer that lacks cornerstone is told in the panel, not thrown at the host', async () => {
  class BrokenViewer extends FakeViewer {
    override onTargetMayHaveChanged(): () => void {
      throw new Error('no cornerstone');
    }
  }
  const { state } = start({ ...fakePorts(), viewer: new BrokenViewer() });
  await eventually(() =>
    expect(state().notice).toMatchObject({ tone: 'error', values: { message: 'no cornerstone' } })
  );
});
