import path from 'node:path';
import type { FileTask } from './fileWork';
import { RedisRemoteFiles } from './remoteFiles';

interface StoredJob {
  state: 'active' | 'completed' | 'failed';
  returnvalue: unknown;
  failedReason: string;
}

/** What Redis holds. */
const jobs = new Map<string, StoredJob>();
/** How a worker ends a job, as soon as anybody has asked for it. */
let ending: Partial<StoredJob>;

/** As BullMQ has it: a job is what it was when it was read, and only its state is asked for anew. */
class MockQueue {
  on() {
    return this;
  }

  async add(_: string, __: unknown, { jobId }: { jobId: string }) {
    jobs.set(jobId, { state: 'active', returnvalue: null, failedReason: '' });
  }

  async getJobState(id: string) {
    const state = jobs.get(id)?.state ?? 'unknown';
    Object.assign(jobs.get(id) ?? {}, ending);
    return state;
  }

  async getJob(id: string) {
    const stored = jobs.get(id);
    const read = stored && {
      ...stored,
      isCompleted: async () => stored.state === 'completed',
      isFailed: async () => stored.state === 'failed',
      remove: async () => jobs.delete(id),
    };
    Object.assign(stored ?? {}, ending);
    return read;
  }

  async close() {}
}

jest.mock('bullmq', () => ({
  Queue: jest.fn(() => new MockQueue()),
  UnrecoverableError: Error,
  Worker: jest.fn(),
}));
jest.mock('ioredis', () => ({ Redis: jest.fn(() => ({ on: jest.fn(), disconnect: jest.fn() })) }));

const MODELS = path.resolve(__dirname, '../../../models');
const TASK = { kind: 'evaluate', folder: { name: 'case', folder: '/data/case' } } as FileTask;

describe('a task that a worker ends while it is asked for', () => {
  const perform = () => new RedisRemoteFiles('redis://nowhere', MODELS, () => undefined).perform(TASK);

  it('gives its result, and leaves nothing', async () => {
    ending = { state: 'completed', returnvalue: { kind: 'record' } };
    await expect(perform()).resolves.toEqual({ kind: 'record' });
    expect(jobs.size).toBe(0);
  });

  it('gives the reason why it failed', async () => {
    ending = { state: 'failed', failedReason: 'no such folder' };
    await expect(perform()).rejects.toThrow('no such folder');
  });
});
