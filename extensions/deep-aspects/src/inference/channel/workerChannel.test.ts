import type { WorkerResponse } from './responses';
import { WorkerChannel } from './workerChannel';

type Request = { readonly type: 'double'; readonly id: number; readonly value: number };

function channelOf() {
  const sent: Request[] = [];
  const worker = {
    onmessage: (_: { data: WorkerResponse<number> }) => undefined as void,
    onerror: (_: { message: string }) => undefined as void,
    terminated: false,
    postMessage: (message: Request) => void sent.push(message),
    terminate: () => (worker.terminated = true),
  };
  const onEnd = jest.fn();
  const channel = new WorkerChannel<Request, number>(worker as unknown as Worker, {
    called: 'the test',
    onEnd,
  });
  const say = (data: WorkerResponse<number>) => worker.onmessage({ data });
  const ask = (value: number, onProgress?: (progress: { percent: number }) => void) =>
    channel.ask(id => ({ type: 'double', id, value }), [], onProgress);
  return { channel, worker, sent, say, ask, onEnd };
}

it('gives each request its own answer and its own progress, in whatever order they come', async () => {
  const { ask, say, sent } = channelOf();
  const progress: number[] = [];
  const [one, two] = [ask(1), ask(2, ({ percent }) => progress.push(percent))];
  expect(sent.map(({ value }) => value)).toEqual([1, 2]);
  say({ type: 'progress', id: two.id, progress: { step: 'score', done: 1, total: 2, percent: 50 } });
  say({ type: 'done', id: two.id, value: 4 });
  say({ type: 'done', id: one.id, value: 2 });
  expect(await Promise.all([one.answer, two.answer])).toEqual([2, 4]);
  expect(progress).toEqual([50]);
});

it('a refusal is of one request; the others go on', async () => {
  const { ask, say, worker } = channelOf();
  const [one, two] = [ask(1), ask(2)];
  say({ type: 'refused', id: one.id, code: 'NO_BRAIN', message: 'No brain.', details: {} });
  await expect(one.answer).rejects.toMatchObject({ name: 'Refusal', code: 'NO_BRAIN' });
  say({ type: 'done', id: two.id, value: 4 });
  expect(await two.answer).toBe(4);
  expect(worker.terminated).toBe(false);
});

it.each([
  [
    'a failure of the machine',
    { type: 'failed', id: 1, kind: 'out-of-memory', message: 'bad_alloc' } as const,
    'out-of-memory',
  ],
  ['a crash', null, 'crash'],
])('%s ends the worker and everything that was asked of it, then and later', async (_, response, kind) => {
  const { ask, say, worker, onEnd } = channelOf();
  const asked = [ask(1), ask(2)];
  if (response) {
    say(response);
  } else {
    worker.onerror({ message: 'unreachable executed' });
  }
  for (const { answer } of [...asked, ask(3)]) {
    await expect(answer).rejects.toMatchObject({ name: 'RecoverableFailure', kind });
  }
  expect(worker.terminated).toBe(true);
  expect(onEnd).toHaveBeenCalledTimes(1);
  expect(onEnd).toHaveBeenCalledWith(expect.objectContaining({ kind }));
});

it('a worker that was silent for minutes is given up; one of which nothing was asked is not', async () => {
  jest.useFakeTimers();
  try {
    const { ask, say, worker } = channelOf();
    jest.advanceTimersByTime(400_000);
    expect(worker.terminated).toBe(false);
    const { id, answer } = ask(1);
    const outcome = expect(answer).rejects.toMatchObject({ kind: 'worker-died' });
    jest.advanceTimersByTime(299_000);
    say({ type: 'progress', id, progress: { step: 'score', done: 1, total: 2, percent: 50 } });
    jest.advanceTimersByTime(299_000);
    expect(worker.terminated).toBe(false);
    jest.advanceTimersByTime(2_000);
    expect(worker.terminated).toBe(true);
    await outcome;
  } finally {
    jest.useRealTimers();
  }
});

it('an end on purpose is no failure', async () => {
  const { channel, ask, onEnd } = channelOf();
  const { answer } = ask(1);
  channel.end(new Error('left'));
  await expect(answer).rejects.toThrow('left');
  expect(onEnd).toHaveBeenCalledWith(undefined);
});
