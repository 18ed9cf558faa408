import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processWorker, serveJobs } from './processWorker';

/**
 * A worker that answers with its process and its temporary folder, waits for ever, or does not come back,
 * as the job says.
 */
const PROGRAM = `
  const { mkdtempSync, writeFileSync } = require('node:fs');
  const { tmpdir } = require('node:os');
  const { join } = require('node:path');
  process.on('disconnect', () => process.exit());
  process.on('message', ({ job }) => {
    if (!job) return;
    const folder = mkdtempSync(join(tmpdir(), 'images-'));
    writeFileSync(join(folder, 'image.dcm'), 'pixels');
    writeFileSync(job.tell, folder);
    if (job.kind === 'loop') for (;;);
    if (job.kind === 'wait') return;
    process.send({ pid: process.pid, folder });
  });`;

interface Job {
  readonly kind: 'answer' | 'wait' | 'loop';
  /** Where it writes which folder it has made. */
  readonly tell: string;
}

type Told = { readonly pid: number; readonly folder: string } | { readonly error: string };

function startWorker(limitMs?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
  const program = join(folder, 'program.cjs');
  writeFileSync(program, PROGRAM);
  const tell = join(folder, 'folder.txt');
  const worker = processWorker<object, Job, Told>({
    program,
    argument: '__worker',
    settings: {},
    failed: ({ name, message }) => ({ error: `${name}: ${message}` }),
    limitMs,
  });
  return { worker, tell, folderOf: () => readFileSync(tell, 'utf8') };
}

const answered = (told: Told) => {
  if ('error' in told) {
    throw new Error(told.error);
  }
  return told;
};

describe('a job that does not end', () => {
  it.each(['wait', 'loop'] as const)(
    'in time (%s) is given up; another process does the next, and no image stays behind',
    async kind => {
      const { worker, tell, folderOf } = startWorker(1500);
      const before = answered(await worker.run({ kind: 'answer', tell }));
      expect(await worker.run({ kind, tell })).toEqual({
        error: 'Error: no result within 1.5 s; the worker was replaced',
      });
      expect(existsSync(folderOf())).toBe(false);
      const after = answered(await worker.run({ kind: 'answer', tell }));
      expect(after.pid).not.toBe(before.pid);
      expect(() => process.kill(before.pid, 0)).toThrow('ESRCH');
      await worker.close();
      expect(existsSync(after.folder)).toBe(false);
    },
    20_000
  );

  it('keeps no limit from one job to the next', async () => {
    const { worker, tell } = startWorker(1500);
    const first = answered(await worker.run({ kind: 'answer', tell }));
    await new Promise(resolve => setTimeout(resolve, 2000));
    expect(answered(await worker.run({ kind: 'answer', tell })).pid).toBe(first.pid);
    await worker.close();
  }, 20_000);
});

it('a worker that was ended while it was idle is started again for the next job', async () => {
  const { worker, tell } = startWorker();
  const first = answered(await worker.run({ kind: 'answer', tell }));
  process.kill(first.pid, 'SIGKILL');
  await new Promise(resolve => setTimeout(resolve, 300));
  expect(existsSync(first.folder)).toBe(false);
  expect(answered(await worker.run({ kind: 'answer', tell })).pid).not.toBe(first.pid);
  await worker.close();
}, 20_000);

it('a worker that cannot be started fails the job', async () => {
  const failed = ({ message }: Error) => message;
  const worker = processWorker({ program: 'no\0program', argument: '__worker', settings: {}, failed });
  expect(await worker.run({})).toContain('null bytes');
  await worker.close();
});

/** What a worker's side of the channel does when the parent has hung up while the answer is on its way. */
describe.each(['EPIPE', 'ECONNRESET', 'ERR_IPC_CHANNEL_CLOSED'])('a channel that ends with %s', code => {
  it('ends no worker with a stack trace', async () => {
    const channel = Object.assign(new EventEmitter(), { connected: true, send: jest.fn(), exit: jest.fn() });
    // As Node does it: an error goes to the callback, and is thrown as an event where there is none.
    channel.send.mockImplementation((...given: unknown[]) => {
      const error = Object.assign(new Error(`write ${code}`), { code });
      const callback = given.find(value => typeof value === 'function') as
        ((thrown: Error) => void) | undefined;
      return callback ? callback(error) : channel.emit('error', error);
    });
    const own = process;
    Object.defineProperty(globalThis, 'process', { value: channel, configurable: true });
    try {
      void serveJobs(() => (job: number) => Promise.resolve(2 * job));
      channel.emit('message', { settings: {} });
      channel.emit('message', { job: 21 });
      await Promise.resolve();
      await Promise.resolve();
      expect(channel.send.mock.calls[0][0]).toBe(42);
    } finally {
      Object.defineProperty(globalThis, 'process', { value: own, configurable: true });
    }
  });
});
