#!/usr/bin/env node
/**
 * Runs the command line; in a clone of the repository it is built first where it is missing or older
 * than its sources.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(import.meta.url);
const root = path.resolve(path.dirname(program), '../..');
const bundle = path.join(root, 'cli/dist/deep-aspects.cjs');
const sources = ['cli/src', 'packages/aspects/src'].map(folder => path.join(root, folder));

const isWorker = process.argv[2]?.startsWith('__');
if (!isWorker && isStale()) {
  build();
}
const { main } = createRequire(import.meta.url)(bundle);
process.exitCode = await main(process.argv.slice(2), program, root);

function isStale() {
  if (!sources.every(existsSync)) {
    return false;
  }
  const builtAt = existsSync(bundle) ? statSync(bundle).mtimeMs : 0;
  return sources.some(folder => newestIn(folder) > builtAt);
}

function newestIn(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    entry => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.includes('.test.')
  );
  return Math.max(
    0,
    ...files.map(entry => statSync(path.join(entry.parentPath ?? entry.path, entry.name)).mtimeMs)
  );
}

function build() {
  if (!existsSync(path.join(root, 'node_modules/webpack'))) {
    process.stderr.write(
      'The command line is not built yet: run "npm install" in the repository, then try again.\n'
    );
    process.exit(1);
  }
  process.stderr.write('Building the command line (once, or after a change of its sources) ...\n');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(root, 'scripts/build.mjs'), '--only', 'command line'],
    { cwd: root, encoding: 'utf8' }
  );
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}The build failed.\n`);
    process.exit(1);
  }
  // webpack leaves a file alone that would not change, and it would be built again each time.
  const now = new Date();
  utimesSync(bundle, now, now);
}
