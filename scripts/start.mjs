/** `npm start`: installs and builds what is missing, then runs the demo server with the given options. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { checkNode, ensureBuilt, ensureInstalled, ROOT } from './lib/prepare.mjs';

checkNode();
ensureInstalled();
ensureBuilt();

const server = spawn(
  process.execPath,
  [path.join(ROOT, 'dist/demo-server/demo-server.cjs'), ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  }
);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => server.kill(signal));
}
server.on('exit', (code, signal) => process.exit(signal ? 0 : (code ?? 1)));
