/** @jest-environment jsdom */
import { fetchJobOutcomes, type JobOutcome } from './jobOutcomes';
import { OutcomeCells } from './outcomeCells';
import { renderOutcome } from './renderOutcome';
import {
  isUrgent,
  studyOutcome,
  urgencyOrder,
  type DescribedSeries,
  type StudyOutcome,
} from './studyOutcome';
import { StudyOutcomes } from './studyOutcomes';
import { withOutcomeColumn, type WorklistColumn } from './worklistColumn';

const report = (description: string, seriesNumber?: string | number): DescribedSeries => ({
  modality: 'SR',
  description,
  seriesNumber,
});
const ready = (score: number, haemorrhageSuspected = false): StudyOutcome => ({
  state: 'ready',
  score,
  side: 'left',
  haemorrhageSuspected,
});

describe('what the series of a study tell', () => {
  test.each<[string, DescribedSeries[], StudyOutcome]>([
    [
      'nothing without a report',
      [{ modality: 'CT', description: 'ASPECTS 6 left, acute 3 ml' }],
      { state: 'none' },
    ],
    ['nothing where another program wrote it', [report('Radiation dose')], { state: 'none' }],
    ['the score', [report('ASPECTS 6 left, acute 32 ml')], ready(6)],
    ['a refusal', [report('ASPECTS not scored: NO_BRAIN')], { state: 'refused', code: 'NO_BRAIN' }],
    [
      'the result where a refusal came before it',
      [report('ASPECTS not scored: TOO_FEW_SLICES'), report('ASPECTS 6 left, acute 32 ml')],
      ready(6),
    ],
    [
      "the reader's where the program has one too",
      [report('ASPECTS 6 left, acute 32 ml'), report('ASPECTS 8 left, acute 20 ml, changed by the reader')],
      { state: 'changed', score: 8, side: 'left', haemorrhageSuspected: false },
    ],
    [
      'the latest of several versions, whatever order the archive has',
      [
        report('ASPECTS 9 left, acute 8 ml', 9002),
        report('ASPECTS 6 left, acute 32 ml', '9022'),
        report('ASPECTS 8 left, acute 20 ml', 9012),
      ],
      ready(6),
    ],
    [
      'the latest also where a reader had changed the one before',
      [
        report('ASPECTS 8 left, acute 20 ml, changed by the reader', 9002),
        report('ASPECTS 6 left, acute 32 ml', 9012),
      ],
      ready(6),
    ],
    [
      'a result of any number before a refusal',
      [report('ASPECTS not scored: NO_BRAIN', 9004), report('ASPECTS 6 left, acute 32 ml', 9002)],
      ready(6),
    ],
  ])('%s', (_name, series, outcome) => {
    expect(studyOutcome(series)).toEqual(outcome);
  });

  test('haemorrhage comes first, then by score, then what was refused or failed, then what waits, then the rest', () => {
    const order = [ready(9, true), ready(0), ready(5), ready(10)];
    const rest: (StudyOutcome | undefined)[] = [
      { state: 'refused', code: 'X' },
      { state: 'failed', reason: '' },
      { state: 'queued' },
      { state: 'none' },
    ];
    const orders = [...order, ...rest].map(urgencyOrder);
    expect([...orders].sort((a, b) => a - b)).toEqual(orders);
    expect(new Set(orders).size).toBe(orders.length);
    expect([...order, ...rest].map(isUrgent)).toEqual([true, true, true, false, false, false, false, false]);
  });
});

type Jobs = ReadonlyMap<string, JobOutcome>;

/** An archive that answers when it is told to. */
function archive(jobs: () => Promise<Jobs> | undefined = () => undefined) {
  const asked: string[] = [];
  const waiting = new Map<string, (series: DescribedSeries[]) => void>();
  const answered: string[] = [];
  const outcomes = new StudyOutcomes({
    seriesOf: uid => {
      asked.push(uid);
      return new Promise(resolve => waiting.set(uid, resolve));
    },
    jobs,
    onAnswer: uid => answered.push(uid),
  });
  const answer = async (uid: string, ...series: DescribedSeries[]) => {
    waiting.get(uid)?.(series);
    await new Promise(resolve => setTimeout(resolve, 0));
  };
  return { asked, answered, outcomes, answer };
}

describe('asking the archive', () => {
  test('a few at a time, and not for what went out of sight before its turn', async () => {
    const { asked, outcomes, answer } = archive();
    for (let study = 1; study <= 10; study++) {
      outcomes.show(String(study));
    }
    expect(asked).toEqual(['1', '2', '3', '4']);
    for (let study = 1; study <= 9; study++) {
      outcomes.hide(String(study));
    }
    await answer('1');
    await answer('2');
    expect(asked).toEqual(['1', '2', '3', '4', '10']);
  });

  test('once, unless there was no outcome yet: then again as long as it is shown', async () => {
    const { asked, outcomes, answer } = archive();
    outcomes.show('scored');
    outcomes.show('unscored');
    outcomes.show('gone');
    await answer('scored', report('ASPECTS 6 left, acute 32 ml'));
    await answer('unscored');
    await answer('gone');
    outcomes.hide('scored');
    outcomes.show('scored');
    outcomes.hide('gone');
    outcomes.refresh();
    expect(asked).toEqual(['scored', 'unscored', 'gone', 'unscored']);
    await answer('unscored', report('ASPECTS 9 right, acute 3 ml'));
    expect(outcomes.known('unscored')).toMatchObject({ score: 9 });
  });

  test('what is in sight before what only the order needs', async () => {
    const { asked, outcomes, answer } = archive();
    for (const study of ['a', 'b', 'c', 'd', 'e']) {
      outcomes.wantForSorting(study);
    }
    outcomes.show('seen');
    await answer('a');
    expect(asked).toEqual(['a', 'b', 'c', 'd', 'seen']);
  });

  test('an archive that fails leaves what is known', async () => {
    const outcomes = new StudyOutcomes({
      seriesOf: () => Promise.reject(new Error('gone')),
      jobs: () => undefined,
      onAnswer: () => undefined,
    });
    outcomes.show('1');
    await new Promise(resolve => setTimeout(resolve, 0));
    expect(outcomes.known('1')).toEqual({ state: 'none' });
  });
});

describe('the scoring server', () => {
  const told = (...jobs: [string, JobOutcome][]): Jobs => new Map(jobs);
  const settled = () => new Promise(resolve => setTimeout(resolve, 0));

  test('tells what waits and what failed, until the archive holds an outcome', async () => {
    const answers = [told(['1', { state: 'queued' }], ['2', { state: 'failed', reason: 'gone' }]), told()];
    const { outcomes, answer, answered } = archive(async () => answers.shift() ?? told());
    outcomes.show('1');
    outcomes.show('2');
    await settled();
    expect(answered).toEqual(['1', '2']);
    await answer('1');
    await answer('2', report('ASPECTS not scored: NO_BRAIN'));
    expect(outcomes.known('1')).toEqual({ state: 'queued' });
    expect(outcomes.known('2')).toEqual({ state: 'refused', code: 'NO_BRAIN' });
    outcomes.refresh();
    await settled();
    expect(outcomes.known('1')).toEqual({ state: 'none' });
  });

  test('is asked once for all studies, and not again while nothing in sight lacks an outcome', async () => {
    let questions = 0;
    const { outcomes, answer } = archive(async () => {
      questions += 1;
      return told();
    });
    for (const study of ['a', 'b', 'c']) {
      outcomes.show(study);
      await answer(study, report('ASPECTS 6 left, acute 32 ml'));
    }
    outcomes.refresh();
    await settled();
    expect(questions).toBe(1);
    outcomes.show('d');
    await answer('d');
    outcomes.refresh();
    await settled();
    expect(questions).toBe(2);
  });

  test('that does not answer any more says nothing of what waits', async () => {
    let isThere = true;
    const { outcomes, answer } = archive(() =>
      isThere ? Promise.resolve(told(['1', { state: 'queued' }])) : Promise.reject(new Error('gone'))
    );
    outcomes.show('1');
    await answer('1');
    expect(outcomes.known('1')).toEqual({ state: 'queued' });
    isThere = false;
    outcomes.refresh();
    await settled();
    expect(outcomes.known('1')).toEqual({ state: 'none' });
  });

  test('is asked at its address, and only an answer of its kind is taken', async () => {
    const asked: string[] = [];
    let body: unknown;
    globalThis.fetch = (async (url: string) => {
      asked.push(url);
      return { ok: true, json: async () => body };
    }) as unknown as typeof globalThis.fetch;
    body = {
      studies: { 1: { state: 'running' }, 2: { state: 'failed', reason: 'why' }, 3: { state: 'queued' } },
    };
    const jobs = await fetchJobOutcomes('/scoring/');
    expect(asked).toEqual(['/scoring/studies']);
    expect(Object.fromEntries(jobs)).toEqual({
      1: { state: 'queued' },
      2: { state: 'failed', reason: 'why' },
      3: { state: 'queued' },
    });
    body = [];
    await expect(fetchJobOutcomes('/scoring')).rejects.toThrow('status page');
  });
});

test('a cell says score and side in words, marks urgency by more than a colour, and tells why nothing was scored', () => {
  const cell = document.createElement('div');
  renderOutcome(cell, ready(4));
  expect(cell.textContent).toBe('! 4 left');
  expect(cell.title).toBe('urgent');
  expect({ ...cell.dataset }).toEqual({ state: 'ready', score: '4', side: 'left', urgent: 'true' });
  renderOutcome(cell, { state: 'refused', code: 'NO_BRAIN' });
  expect(cell.textContent).toBe('not scored');
  expect(cell.title).toMatch(/^No brain was found in these images\. .*\(NO_BRAIN\)$/);
  renderOutcome(cell, { state: 'refused', code: 'OF_A_LATER_VERSION' });
  expect(cell.title).toBe('OF_A_LATER_VERSION');
  expect({ ...cell.dataset }).toEqual({ state: 'refused', score: '', side: '', urgent: 'false' });
  renderOutcome(cell, { state: 'failed', reason: 'the archive does not answer' });
  expect(cell.textContent).toBe('failed');
  expect(cell.title).toBe('the archive does not answer');
  renderOutcome(cell, { state: 'queued' });
  expect(cell.textContent).toBe('queued');
  expect(cell.dataset.state).toBe('queued');
  renderOutcome(cell, ready(9, true));
  expect(cell.textContent).toBe('! haemorrhage?');
});

describe("the host's columns", () => {
  const observe = jest.fn();
  beforeAll(() => {
    globalThis.IntersectionObserver = class {
      observe = observe;
      unobserve = jest.fn();
    } as unknown as typeof IntersectionObserver;
  });

  const cells = () => new OutcomeCells({ seriesOf: async () => [], jobs: () => undefined });

  test('get ours before the menu, once, and are left alone where the host has none', () => {
    const columns = [{ id: 'patient', header: 'head' }, { id: 'actions' }];
    const ours = withOutcomeColumn(columns, cells()) as WorklistColumn[];
    expect(ours.map(({ id }) => id)).toEqual(['patient', 'aspects', 'actions']);
    expect(ours[1].header).toBe('head');
    expect(withOutcomeColumn(ours, cells())).toBe(ours);
    expect(withOutcomeColumn(undefined, cells())).toBeUndefined();
  });

  test('sort by urgency, and ask only for studies that hold a report', async () => {
    const asked: string[] = [];
    const board = new OutcomeCells({
      async seriesOf(uid) {
        asked.push(uid);
        return [report(`ASPECTS ${uid} left, acute 3 ml`)];
      },
      jobs: () => undefined,
    });
    const column = (withOutcomeColumn([], board) as WorklistColumn[])[0];
    const row = (studyInstanceUid: string, modalities: string) => ({
      original: { studyInstanceUid, modalities },
    });
    const rows = [row('9', 'CT\\SR'), row('none', 'CT'), row('2', 'CT/SR/SEG')];
    const sorted = () => [...rows].sort(column.sortingFn).map(({ original }) => original.studyInstanceUid);
    sorted();
    await new Promise(resolve => setTimeout(resolve, 0));
    expect(asked.sort()).toEqual(['2', '9']);
    expect(sorted()).toEqual(['2', '9', 'none']);
    const filtered = (text: string) =>
      rows
        .filter(one => column.filterFn?.(one, 'aspects', text))
        .map(({ original }) => original.studyInstanceUid);
    expect(filtered('9 LEFT')).toEqual(['9']);
    expect(filtered('!')).toEqual(['2']);
  });

  test('a cell is drawn anew when its answer comes, and a list sorted by it is sorted again', async () => {
    jest.useFakeTimers();
    const board = new OutcomeCells({
      seriesOf: async () => [report('ASPECTS 3 right, acute 90 ml')],
      jobs: () => undefined,
    });
    const element = document.createElement('div');
    board.referenceOf('1')(element);
    expect(element.textContent).toBe('');
    board.sortAgain = jest.fn();
    board.outcomes.show('1');
    await jest.advanceTimersByTimeAsync(400);
    expect(element.textContent).toBe('! 3 right');
    expect(board.sortAgain).toHaveBeenCalledTimes(1);
    expect(observe).toHaveBeenCalledWith(element);
    board.referenceOf('1')(null);
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });
});
