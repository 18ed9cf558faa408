import { Redis } from 'ioredis';

const PREFIX = 'bull:deep-aspects';

/** What the queue keeps in Redis, as BullMQ lays it out. */
export function queueView(url) {
  const client = new Redis(url);
  // A Redis that is restarted is what the tests are about.
  client.on('error', () => undefined);
  return {
    /** Every hash of the queue: its jobs, and what it keeps of itself. */
    async hashes() {
      const keys = await client.keys(`${PREFIX}:*`);
      const types = await Promise.all(keys.map(key => client.type(key)));
      return Promise.all(keys.filter((_, index) => types[index] === 'hash').map(key => client.hgetall(key)));
    },
    /** Ids of the jobs that workers hold. */
    running: () => client.lrange(`${PREFIX}:active`, 0, -1),
    /** How many jobs wait. */
    waiting: () => client.zcard(`${PREFIX}:prioritized`),
    async studyOf(id) {
      return JSON.parse(await client.hget(`${PREFIX}:${id}`, 'data')).studyInstanceUID;
    },
    stop: () => client.disconnect(),
  };
}
