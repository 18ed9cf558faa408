/**
 * `npm test`: installs and builds what is missing, then runs every kind of test, and says what was skipped and why.
 * Under CI (environment variable `CI`) a skip is a failure.
 *
 *   node scripts/test.mjs [--only NAME]     NAME: types, lint, circles, format, unit, conformance, service, training, browser
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkNode, ensureBuilt, ensureInstalled, ROOT } from './lib/prepare.mjs';
import { findPython } from './lib/python.mjs';

/** Where TypeScript stands. */
const SOURCES = ['packages', 'extensions', 'modes', 'cli', 'demo-server', 'tests'];

const { values: options } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const results = [];

checkNode();
ensureInstalled();
ensureBuilt();
mkdirSync(path.join(ROOT, 'test-results'), { recursive: true });

/** As in `npm run lint`. */
const CIRCLES = ['--config', 'scripts/lint/circles.cjs', ...SOURCES];

const bin = name => path.join(ROOT, 'node_modules', name);

await step('types', () => single([bin('typescript/bin/tsc'), '-p', '.', '--noEmit']));
await step('lint', () => single([bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0']));
await step('circles', () => single([bin('dependency-cruiser/bin/dependency-cruise.mjs'), ...CIRCLES]));
await step('format', () => single([bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']));
await step('unit', unitTests);
await step('conformance', () => runner('tests/conformance/run.mjs'));
await step('service', () => runner('tests/service/run.mjs'));
await step('training', () => pytest('models/training/tests'));
await step('browser', () => runner('tests/e2e/run.mjs'));
report();

/** One check that passes or fails as a whole. */
async function single([script, ...args]) {
  const { status } = await show(process.execPath, [script, ...args]);
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 };
}

async function unitTests() {
  const file = path.join(ROOT, 'test-results/jest.json');
  const { status } = await show(process.execPath, [
    bin('jest/bin/jest.js'),
    '--json',
    `--outputFile=${file}`,
  ]);
  if (!existsSync(file)) {
    return { passed: 0, failed: 1 };
  }
  const summary = JSON.parse(readFileSync(file, 'utf8'));
  const failed = summary.numFailedTests + summary.numRuntimeErrorTestSuites;
  return {
    passed: summary.numPassedTests,
    failed: status === 0 ? failed : Math.max(failed, 1),
    skipped: summary.numPendingTests ? [`${summary.numPendingTests} unit tests, see their output above`] : [],
  };
}

async function pytest(folder) {
  const tests = existsSync(path.join(ROOT, folder)) ? readdirSync(path.join(ROOT, folder)) : [];
  if (!tests.some(name => /^test_.*\.py$/.test(name))) {
    return { passed: 0, failed: 0 };
  }
  const { python, reason } = findPython(ROOT, folder);
  if (!python) {
    return { passed: 0, failed: 0, skipped: [`the Python tests of ${folder}: ${reason}`] };
  }
  const { status, output } = await show(python, ['-m', 'pytest', '-q', '-rs', folder]);
  const count = word => Number(new RegExp(`(\\d+) ${word}`).exec(output)?.[1] ?? 0);
  const failed = count('failed') + count('error');
  const skips = count('skipped');
  return {
    passed: count('passed'),
    failed: status === 0 ? failed : Math.max(failed, 1),
    skipped: skips ? [`${skips} Python tests of ${folder}, see the reasons above`] : [],
  };
}

/** A script that prints `N passed, N failed` last, and `skipped, since REASON`. */
async function runner(script) {
  const { status, output } = await show(process.execPath, [script]);
  const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(output) ?? [0, 0, 1];
  const skipped = [...output.matchAll(/skipped, since (.*)/g)].map(match => match[1]);
  return {
    passed: Number(passed),
    failed: status === 0 ? Number(failed) : Math.max(Number(failed), 1),
    skipped,
  };
}

async function step(name, body) {
  if (options.only && options.only !== name) {
    return;
  }
  console.log(`\n== ${name}`);
  const started = performance.now();
  const { passed, failed, skipped = [] } = await body();
  results.push({ name, passed, failed, skipped, seconds: (performance.now() - started) / 1000 });
}

function report() {
  console.log('\n== summary');
  for (const { name, passed, failed, seconds } of results) {
    console.log(`${name.padEnd(12)} ${passed} passed, ${failed} failed (${seconds.toFixed(0)} s)`);
  }
  const skipped = results.flatMap(result => result.skipped);
  for (const reason of skipped) {
    console.log(`skipped: ${reason}`);
  }
  if (process.env.CI && skipped.length) {
    console.log('Under CI nothing may be skipped.');
  }
  const sum = key => results.reduce((total, result) => total + result[key], 0);
  const failed = sum('failed') + (process.env.CI ? skipped.length : 0);
  console.log(`${sum('passed')} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** Runs a program with its output shown and kept. */
function show(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const [stream, target] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      stream.on('data', chunk => {
        output += chunk;
        target.write(chunk);
      });
    }
    child.on('error', reject);
    child.on('close', status => resolve({ status, output }));
  });
}
