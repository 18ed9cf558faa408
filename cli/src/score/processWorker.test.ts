import { EventEmitter } from 'node:events';
import { serveJobs } from './processWorker';

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
