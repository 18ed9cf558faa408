import { spawn, spawnSync } from 'node:child_process';
import { createConnection } from 'node:net';
import { endWithProcess } from '../../e2e/lib/leftovers.mjs';
import { freePort } from '../../e2e/lib/orthanc.mjs';

export function hasRedis() {
  return !spawnSync('redis-server', ['--version']).error;
}

/** A Redis without memory of its own: a restart loses every job. */
export async function startRedis() {
  const port = await freePort();
  const start = async () => {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const program = spawn('redis-server', options, { stdio: 'ignore' });
    endWithProcess(program);
    await untilConnects(port);
    return program;
  };
  const end = program =>
    new Promise(resolve => {
      program.once('exit', resolve);
      program.kill('SIGKILL');
    });
  let program = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    async restart() {
      await end(program);
      program = await start();
    },
    stop: () => end(program),
  };
}

async function untilConnects(port) {
  for (let attempt = 0; attempt < 100; attempt++) {
    const connected = await new Promise(resolve => {
      const socket = createConnection(port, '127.0.0.1');
      socket.once('connect', () => resolve(true) || socket.destroy());
      socket.once('error', () => resolve(false));
    });
    if (connected) {
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error('redis-server does not answer');
}
