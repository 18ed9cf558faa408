/**
 * What `npm start` and `npm test` need first, on a fresh clone with nothing but Node and npm. No
 * dependency is used here.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

const OLDEST_NODE = 20;
export const BUILD = 'scripts/build.mjs';
/** Everything that `npm run build` reads, so that a stale `dist/` is noticed. */
const BUILD_INPUTS = [
  'packages',
  'extensions',
  'modes',
  'demo-server/src',
  'cli/src',
  'models/anatomy',
  'models/infarct',
  'scripts/build',
  BUILD,
  'package-lock.json',
];
/** Written last by the build. */
const BUILD_OUTPUT = 'dist/app-config.example.js';

/** Ends the program with one sentence where Node is too old. */
export function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    fail(`Deep-ASPECTS needs Node.js ${OLDEST_NODE} or newer; this is ${process.versions.node}`);
  }
}

/** Runs `npm ci` unless the installed packages are those of the lock file. */
export function ensureInstalled() {
  const installed = modified(path.join(ROOT, 'node_modules/.package-lock.json'));
  if (installed > 0 && installed >= modified(path.join(ROOT, 'package-lock.json'))) {
    return;
  }
  console.log('Installing the packages of package-lock.json ...');
  const { status } = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (status !== 0) {
    fail('npm ci failed: is this machine on the network, and may npm reach its registry?');
  }
}

/** Whether `dist/` is newer than everything it is made from. */
export function isBuilt() {
  const built = modified(path.join(ROOT, BUILD_OUTPUT));
  return built > Math.max(...BUILD_INPUTS.map(input => newestUnder(path.join(ROOT, input))));
}

/** Builds `dist/` unless it is up to date. */
export function ensureBuilt() {
  if (isBuilt()) {
    return;
  }
  console.log('Building the plugin ...');
  if (run(process.execPath, [BUILD]).status !== 0) {
    fail('The build failed');
  }
}

/** Runs a program in the repository's root with its output shown. */
export function run(program, args, options = {}) {
  return spawnSync(program, args, { cwd: ROOT, stdio: 'inherit', shell: false, ...options });
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function modified(file) {
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}

function newestUnder(place) {
  if (!existsSync(place) || path.basename(place) === 'node_modules' || path.basename(place) === 'dist') {
    return 0;
  }
  if (!statSync(place).isDirectory()) {
    return modified(place);
  }
  return Math.max(0, ...readdirSync(place).map(name => newestUnder(path.join(place, name))));
}
