import type { ArchiveStudy } from '../archive/archiveStudy';
import { OverTimeError, RETRIES } from './jobQueue';
import { MemoryQueue } from './memoryQueue';

const study = (outcome: string): ArchiveStudy => ({
  kind: 'archive',
  archive: 'http://archive',
  studyInstanceUID: `study-${outcome}`,
  contents: [],
  outcome,
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

const isEmpty = async (queue: MemoryQueue) => {
  const { queued, running } = await queue.counts();
  return queued + running === 0;
};

test('takes the most urgent job first, of equals the one that came first, and each once', async () => {
  const queue = new MemoryQueue();
  const done: string[] = [];
  await queue.add(study('late'), 9);
  await queue.add(study('first of two'), 5);
  await queue.add(study('second of two'), 5);
  await queue.add(study('urgent'), 1);
  await queue.add(study('late'), 1);
  const work = queue.work(1, async ({ outcome }: ArchiveStudy) => void done.push(outcome));
  await until(() => isEmpty(queue));
  await work.stop();
  expect(done).toEqual(['urgent', 'first of two', 'second of two', 'late']);
});

test('runs as many at a time as it was told, and more once one is free', async () => {
  const queue = new MemoryQueue();
  let running = 0;
  let most = 0;
  for (let index = 0; index < 7; index++) {
    await queue.add(study(String(index)), 1);
  }
  const work = queue.work(3, async () => {
    most = Math.max(most, ++running);
    await new Promise(resolve => setTimeout(resolve, 10));
    running--;
  });
  await until(() => isEmpty(queue));
  await work.stop();
  expect(most).toBe(3);
});

test('tries again after a pause that doubles, and keeps what fails for good with its reason', async () => {
  const queue = new MemoryQueue({ firstPauseMs: 20, attempts: 3 });
  const times: number[] = [];
  await queue.add(study('bad'), 1);
  await queue.add(study('recovers'), 2);
  let failures = 1;
  const work = queue.work(2, async ({ outcome }: ArchiveStudy) => {
    if (outcome === 'recovers' && failures-- <= 0) {
      return;
    }
    if (outcome === 'bad') {
      times.push(Date.now());
    }
    throw new Error(`no ${outcome}`);
  });
  await until(() => isEmpty(queue));
  expect(times).toHaveLength(3);
  expect(times[1] - times[0]).toBeGreaterThanOrEqual(19);
  expect(times[2] - times[1]).toBeGreaterThanOrEqual(39);
  expect(await queue.failed()).toEqual([{ name: 'study-bad', reason: 'no bad', attempts: 3 }]);
  // One that is kept as failed is not started anew by being offered again.
  await queue.add(study('bad'), 1);
  expect(await queue.counts()).toEqual({ queued: 0, running: 0, failed: 1 });
  await work.stop();
});

test('a job that took longer than it may is tried less often than one that failed', async () => {
  const queue = new MemoryQueue({ firstPauseMs: 1 });
  await queue.add(study('hangs'), 1);
  await queue.add(study('fails'), 2);
  const work = queue.work(1, async ({ outcome }: ArchiveStudy) => {
    throw outcome === 'hangs' ? new OverTimeError('no result') : new Error('no archive');
  });
  await until(() => isEmpty(queue));
  await work.stop();
  expect(RETRIES.attemptsOverTime).toBeLessThan(RETRIES.attempts);
  expect(await queue.failed()).toEqual([
    { name: 'study-hangs', reason: 'no result', attempts: RETRIES.attemptsOverTime },
    { name: 'study-fails', reason: 'no archive', attempts: RETRIES.attempts },
  ]);
});

test('what has failed for good may be added again once it is forgotten; what waits or runs stays', async () => {
  const queue = new MemoryQueue({ firstPauseMs: 1, attempts: 1 });
  await queue.add(study('bad'), 1);
  const work = queue.work(1, () => Promise.reject(new Error('away')));
  await new Promise(resolve => setTimeout(resolve, 20));
  await work.stop();
  await queue.add(study('waiting'), 1);
  await queue.add(study('bad'), 1);
  expect(await queue.counts()).toEqual({ queued: 1, running: 0, failed: 1 });
  await queue.forgetFailed();
  expect(await queue.counts()).toEqual({ queued: 1, running: 0, failed: 0 });
  await queue.add(study('bad'), 1);
  expect(await queue.counts()).toEqual({ queued: 2, running: 0, failed: 0 });
});

test('stopping lets the running job end and starts no other', async () => {
  const queue = new MemoryQueue();
  const done: string[] = [];
  await queue.add(study('running'), 1);
  await queue.add(study('waiting'), 2);
  const work = queue.work(1, async ({ outcome }: ArchiveStudy) => {
    await new Promise(resolve => setTimeout(resolve, 20));
    done.push(outcome);
  });
  await work.stop();
  expect(done).toEqual(['running']);
  expect(await queue.counts()).toEqual({ queued: 1, running: 0, failed: 0 });
});

test('tells of each open job: running, waiting for its next attempt with the reason, failed for good', async () => {
  const queue = new MemoryQueue({ firstPauseMs: 60_000, attempts: 2 });
  await queue.add(study('bad'), 1);
  await queue.add(study('slow'), 2);
  let end: () => void = () => undefined;
  const work = queue.work(1, ({ outcome }) =>
    outcome === 'bad'
      ? Promise.reject(new Error('gone'))
      : new Promise<void>(resolve => {
          end = resolve;
        })
  );
  await until(async () => (await queue.counts()).running === 1 && (await queue.open())[0].state === 'queued');
  expect(await queue.open()).toEqual([
    { studyInstanceUID: 'study-bad', state: 'queued', reason: 'gone' },
    { studyInstanceUID: 'study-slow', state: 'running' },
  ]);
  end();
  await work.stop();
});
