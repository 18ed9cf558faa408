/** @jest-environment jsdom */
import { segmentIndexOf, type AspectsResult } from '@deep-aspects/aspects/scoring';
import { createMemoryDraftStore } from './drafts/draftStore';
import { fakePorts, TARGET } from './testing/fakePorts';
import { fakeResult } from './testing/fakeResult';
import { computed, eventually, leaveSessions, settle, start } from './testing/startedSession';

afterEach(leaveSessions);

describe('suspected haemorrhage', () => {
  it('is dismissed by the reader, whose word is a change that outlasts the next one', async () => {
    const { session, ports, state } = await computed();
    const suspected = { volumeMl: 12, hyperdenseMl: 12, suspected: true, keySlice: null };
    const rescore = ports.engine.rescore.bind(ports.engine);
    ports.engine.rescore = async request => ({
      ...(await rescore(request)),
      haemorrhage: suspected,
      warnings: [{ code: 'HEMORRHAGE_SUSPECTED', message: 'Hyperdense tissue.' }],
    });
    await session.setRegionAffected({ side: 'right', region: 'M3', affected: true });
    expect(state().draft?.result.haemorrhage.suspected).toBe(true);
    // Nothing is read as affected, on the images and by the keys that step through the regions.
    expect(ports.viewer.marked.at(-1)).toEqual([]);
    await session.stepAffectedRegion(1);
    expect(state()).toMatchObject({ selected: null, notice: { key: 'haemorrhage.regions' } });
    await session.dismissHaemorrhage();
    expect(ports.viewer.marked.at(-1)).toEqual([
      segmentIndexOf('I', 'left'),
      segmentIndexOf('M1', 'left'),
      segmentIndexOf('M3', 'right'),
    ]);
    await session.setRegionAffected({ side: 'right', region: 'M3', affected: false });
    expect(state().draft).toMatchObject({
      unsaved: true,
      result: { haemorrhage: { volumeMl: 12, suspected: false, excludedByReader: true }, warnings: [] },
    });
  });
});

describe('the columns of a suspected haemorrhage', () => {
  const haemorrhage = { volumeMl: 12, hyperdenseMl: 12, suspected: true, keySlice: '1.2.3.0' };
  const atBleeding = { ganglionic: '1.2.3.0', supraganglionic: '1.2.3.9' };
  const atInfarct = { ganglionic: '1.2.3.3', supraganglionic: '1.2.3.8' };

  /** A session whose engine finds the haemorrhage, with these levels in the scan. */
  async function bled(levels?: AspectsResult['levels']) {
    const ports = fakePorts();
    const found = <T extends AspectsResult>(result: T) => ({
      ...result,
      haemorrhage,
      ...(levels && { levels }),
    });
    const { score, rescore } = ports.engine;
    ports.engine.score = async (...given) => {
      const scored = await score(...given);
      return { ...scored, result: found(scored.result) };
    };
    ports.engine.rescore = async request => found(await rescore.call(ports.engine, request));
    return computed(ports);
  }

  it('are at it until it is dismissed, then at the infarct, and at it again where that is taken back', async () => {
    const { session, ports } = await bled();
    expect(ports.viewer.levels).toEqual(atBleeding);
    ports.viewer.levels = null;
    await session.stepAffectedRegion(1);
    expect(ports.viewer.levels).toEqual(atBleeding);
    await session.dismissHaemorrhage();
    expect(ports.viewer.levels).toEqual(atInfarct);
    await session.resetReaderChanges();
    await session.answerConfirmation(true);
    expect(ports.viewer.levels).toEqual(atBleeding);
  });

  it('are not there in a scan without both levels: what is there goes to it', async () => {
    const { ports } = await bled({ ganglionic: ['1.2.3.0'], supraganglionic: [] });
    expect(ports.viewer.jumps).toEqual(['1.2.3.0']);
  });
});

test('a stored result that the reader closes does not come back by itself', async () => {
  const { session, ports, state } = await computed();
  await session.storeReport();
  const [{ draft, regions, infarct }] = ports.report.sent;
  // The host knows of the report now.
  ports.report.inArchive = {
    result: draft.result,
    regions,
    infarct,
    infarctEdited: false,
    createdAt: '2026-01-02T03:04:05Z',
  };
  await session.discardDraft();
  ports.viewer.selectSeries(TARGET);
  await settle();
  expect(state()).toMatchObject({ phase: 'idle', draft: null });
});

describe('the images', () => {
  const affectedLeft = [segmentIndexOf('I', 'left'), segmentIndexOf('M1', 'left')];

  it('show a corrected region at once, before its score, and the former reading where scoring fails', async () => {
    const { session, ports, state } = await computed();
    const shown: (number[] | undefined)[] = [];
    ports.engine.rescore = async () => {
      shown.push(ports.viewer.marked.at(-1));
      throw new Error('no memory');
    };
    await session.setRegionAffected({ side: 'right', region: 'M3', affected: true });
    expect(shown).toEqual([[...affectedLeft, segmentIndexOf('M3', 'right')]]);
    expect(ports.viewer.marked.at(-1)).toEqual(affectedLeft);
    expect(state().notice).toMatchObject({ tone: 'error' });
  });

  it('are hidden as long as the key is held', async () => {
    const { ports } = await computed();
    ports.viewer.hideKey(true);
    expect(ports.viewer.style?.held).toBe(true);
    ports.viewer.hideKey(false);
    expect(ports.viewer.style?.held).toBe(false);
  });

  it('go through the styles by one key, round, and between the two windows by another', async () => {
    const { session, ports } = await computed();
    const modes = [1, 2, 3].map(() => {
      session.nextOverlayMode();
      return ports.viewer.style?.mode;
    });
    expect(modes).toEqual(['affected', 'infarct', 'regions']);
    await session.toggleWindow();
    expect(ports.viewer.window).toEqual({ windowWidth: 80, windowCenter: 40 });
    await session.toggleWindow();
    expect(ports.viewer.window).toEqual({ windowWidth: 40, windowCenter: 40 });
  });

  it('have the stroke window with both levels, whatever window was before, and one key changes it again', async () => {
    const { session, ports } = await computed();
    await session.toggleWindow();
    await session.showBothLevels();
    expect(ports.viewer.window).toEqual({ windowWidth: 40, windowCenter: 40 });
    await session.toggleWindow();
    expect(ports.viewer.window).toEqual({ windowWidth: 80, windowCenter: 40 });
  });

  it.each<[string, (result: AspectsResult) => object, string]>([
    ['is shown as it stands', result => result, 'done'],
    [
      'of a plugin that did not note where a haemorrhage is, too',
      ({ haemorrhage: { keySlice: _, ...haemorrhage }, ...result }) => ({ ...result, haemorrhage }),
      'done',
    ],
    ['that is broken is dropped', ({ hemispheres: _, ...result }) => result, 'idle'],
  ])('of a draft that this browser kept: one that %s', async (_, kept, phase) => {
    const drafts = createMemoryDraftStore();
    await computed(fakePorts(drafts));
    await eventually(async () => expect(await drafts.load(TARGET.seriesInstanceUID)).not.toBeNull());
    const draft = await drafts.load(TARGET.seriesInstanceUID);
    await drafts.save({ ...draft!, result: kept(draft!.result) as AspectsResult });
    const { state } = start(fakePorts(drafts));
    await eventually(async () => {
      expect(state().phase).toBe(phase);
      expect((await drafts.load(TARGET.seriesInstanceUID)) === null).toBe(phase === 'idle');
    });
    expect(state().draft?.result).toEqual(phase === 'done' ? fakeResult() : undefined);
  });

  it('have the same layout, at the lesion, when a result is restored', async () => {
    const drafts = createMemoryDraftStore();
    const first = await computed(fakePorts(drafts));
    expect(first.ports.viewer.levels).toEqual({ ganglionic: '1.2.3.3', supraganglionic: '1.2.3.8' });
    await eventually(async () => expect(await drafts.load(TARGET.seriesInstanceUID)).not.toBeNull());
    const second = start(fakePorts(drafts));
    await eventually(() => expect(second.state().phase).toBe('done'));
    expect(second.ports.viewer.levels).toEqual(first.ports.viewer.levels);
  });
});

describe('another series', () => {
  it('that is no CT is told, and takes nothing from the result', async () => {
    const { ports, state } = await computed();
    const mr = { ...TARGET, displaySetInstanceUID: 'mr', seriesInstanceUID: '1.2.4', modality: 'MR' };
    ports.viewer.active = mr;
    ports.viewer.selectSeries(TARGET);
    await eventually(() =>
      expect(state()).toMatchObject({ phase: 'done', target: TARGET, active: mr, draft: { target: TARGET } })
    );
  });
});
