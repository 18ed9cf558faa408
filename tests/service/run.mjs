/**
 * Scoring on arrival against a real Orthanc and a real Redis. Prints `N passed, N failed` last; what is
 * missing on the machine is skipped with its reason; under CI that is a failure. A case exports how many
 * `seconds` it takes, about.
 *
 *   node tests/service/run.mjs [--case TEXT]
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endOnSignals } from '../e2e/lib/leftovers.mjs';
import { hasOrthanc } from '../e2e/lib/orthanc.mjs';
import { hasRedis } from './lib/redis.mjs';

const { values: options } = parseArgs({ options: { case: { type: 'string', default: '' } } });
endOnSignals();
let passed = 0;
let failed = 0;
const missing = new Set();

// Much of a case is waiting: two run concurrently, the longest first.
const waiting = await loadCases();
const lane = async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    await runWhereItCan(next);
  }
};
if (waiting.length === 0) {
  throw new Error(`no case has "${options.case}" in its name`);
}
await Promise.all([lane(), lane()]);
for (const what of missing) {
  console.log(`  skipped, since ${what}`);
}
failed += process.env.CI ? missing.size : 0;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function loadCases() {
  const folder = path.join(import.meta.dirname, 'cases');
  const files = (await readdir(folder)).filter(name => name.endsWith('.mjs')).sort();
  const modules = await Promise.all(files.map(file => import(path.join(folder, file))));
  return modules
    .map(module => module.default)
    .filter(({ name }) => name.includes(options.case))
    .sort((a, b) => b.seconds - a.seconds);
}

async function runWhereItCan(one) {
  if (!hasOrthanc()) {
    missing.add('Orthanc is missing (Debian: apt install orthanc orthanc-dicomweb)');
  } else if (one.needsRedis && !hasRedis()) {
    missing.add('Redis is missing (Debian: apt install redis-server)');
  } else {
    await runCase(one);
  }
}

async function runCase({ name, run }) {
  const started = performance.now();
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  try {
    await run(async (what, body) => {
      await body();
      passed += 1;
      console.log(`  ok    ${what} (${seconds()})`);
    });
    console.log(`  done  ${name} (${seconds()})`);
  } catch (error) {
    failed += 1;
    console.log(`  FAIL  ${name} (${seconds()})\n${error.stack}`);
  }
}
