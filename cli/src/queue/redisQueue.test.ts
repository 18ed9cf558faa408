import { createServer, type AddressInfo } from 'node:net';
import { RedisQueue } from './redisQueue';

/** An address at which nobody listens. */
async function nowhere(): Promise<string> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return `redis://127.0.0.1:${port}`;
}

test('while Redis is away, an addition is refused after a while and closing is not held up', async () => {
  const troubles: string[] = [];
  const queue = new RedisQueue(await nowhere(), ({ message }) => troubles.push(message));
  const study = {
    kind: 'archive',
    archive: 'http://archive',
    studyInstanceUID: '1.2.3',
    contents: [],
    outcome: '2.25.1',
  } as const;
  await expect(queue.add(study, 1)).rejects.toThrow('the queue does not answer');
  await expect(queue.forgetFailed()).rejects.toThrow('the queue does not answer');
  expect(troubles.join()).toContain('ECONNREFUSED');
  await queue.close();
}, 30_000);
