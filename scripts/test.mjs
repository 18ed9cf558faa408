/**
 * `npm test`: installs and builds what is missing, then runs every kind of test, and says what was skipped
 * and why. Under CI (environment variable `CI`) a skip is a failure.
 *
 *   node scripts/test.mjs [--only NAME] [--quick]
 *
 * NAME: types, lint, circles, format, python, unit, conformance, service, training, browser. --quick: types,
 * lint, the shorter unit tests and the browser tests of a demo study in one OHIF release.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { BUILD, checkNode, ensureInstalled, isBuilt, ROOT } from './lib/prepare.mjs';
import { cacheFolder, findPython, makePython } from './lib/python.mjs';

/** Where TypeScript stands. */
const SOURCES = ['packages', 'extensions', 'modes', 'cli', 'demo-server', 'tests'];

const { values: options } = parseArgs({
  options: { only: { type: 'string', default: '' }, quick: { type: 'boolean', default: false } },
});
/** Steps of a quick run. */
const QUICK = ['types', 'lint', 'circles', 'format', 'unit', 'browser'];
const TRAINING = 'models/training';
/** Folders whose tests score whole scans or start other programs: half of the time that unit tests take. */
const LONG_UNIT_TESTS = ['/scoring/pipeline/', '/cli/src/(archive|compare|evaluate|models|queue|score)/'];
const QUICK_BROWSER = ['--ohif', '3.12.10', '--case', 'a demo study'];
/**
 * Small tensors: more threads of one process wait for each other. Files share the cores instead, each
 * with its fixtures.
 */
const ONE_THREAD = { OMP_NUM_THREADS: '1' };
const PYTEST_OPTIONS = ['-q', '-rs', '-n', String(Math.min(availableParallelism(), 4)), '--dist', 'loadfile'];
const MYPY_OPTIONS = [
  ...['--config-file', `${TRAINING}/pyproject.toml`],
  ...['--cache-dir', path.join(cacheFolder(), 'mypy')],
];
const results = [];

checkNode();
ensureInstalled();
if (!options.quick) {
  makePython(ROOT);
}
mkdirSync(path.join(ROOT, 'test-results'), { recursive: true });

/** As in `npm run lint`. */
const CIRCLES = ['--config', 'scripts/lint/circles.cjs', ...SOURCES];

const bin = name => path.join(ROOT, 'node_modules', name);

// Each of these keeps one core busy, or none: two at a time, the longest first.
await together([
  ['build', build],
  ['python', checkPython],
  ['lint', show => single(show, [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0'])],
  ['types', show => single(show, [bin('typescript/bin/tsc'), '-p', '.', '--noEmit'])],
  ['circles', show => single(show, [bin('dependency-cruiser/bin/dependency-cruise.mjs'), ...CIRCLES])],
  ['format', show => single(show, [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'])],
]);
// The others run what it makes.
if (results.some(({ name, failed }) => name === 'build' && failed)) {
  report();
  process.exit();
}
// The service mostly waits: the others keep the cores busy meanwhile.
await together([
  ['service', show => runner(show, 'tests/service/run.mjs')],
  ['unit', unitTests],
  ['training', show => pytest(show, `${TRAINING}/tests`)],
  ['conformance', show => runner(show, 'tests/conformance/run.mjs')],
]);
// Alone: it looks at times.
await step('browser', show => runner(show, 'tests/e2e/run.mjs', options.quick ? QUICK_BROWSER : []));
report();

/** One check that passes or fails as a whole. */
async function single(show, [script, ...args]) {
  const { status } = await show(process.execPath, [script, ...args]);
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 };
}

/** No test of its own, but nothing goes on without it. */
async function build(show) {
  const { failed } = await single(show, [BUILD]);
  return { passed: 0, failed };
}

/** Faults, layout and types, by the settings of models/training/pyproject.toml. */
async function checkPython(show) {
  const { python, reason } = findPython(ROOT, TRAINING);
  if (!python) {
    return { passed: 0, failed: 0, skipped: [`the check of the Python sources: ${reason}`] };
  }
  const checks = [
    ['ruff', 'check', '--quiet', TRAINING],
    ['ruff', 'format', '--check', '--quiet', TRAINING],
    // What it knows of torch is most of its time, and the same for every clone.
    ['mypy', ...MYPY_OPTIONS, `${TRAINING}/deep_aspects_training`],
  ];
  let failed = 0;
  for (const check of checks) {
    const { status } = await show(python, ['-m', ...check]);
    failed += status === 0 ? 0 : 1;
  }
  return { passed: checks.length - failed, failed };
}

async function unitTests(show) {
  const file = path.join(ROOT, 'test-results/jest.json');
  const { status } = await show(process.execPath, [
    bin('jest/bin/jest.js'),
    // One less than there are cores would be one of two.
    '--maxWorkers=100%',
    '--json',
    `--outputFile=${file}`,
    // In place of those of the configuration.
    ...(options.quick ? ['--testPathIgnorePatterns', '/node_modules/', '/dist/', ...LONG_UNIT_TESTS] : []),
  ]);
  if (!existsSync(file)) {
    return { passed: 0, failed: 1 };
  }
  const summary = JSON.parse(readFileSync(file, 'utf8'));
  if (options.quick) {
    console.log(`Left to a whole run: unit tests in ${LONG_UNIT_TESTS.join(', ')}`);
  }
  const failed = summary.numFailedTests + summary.numRuntimeErrorTestSuites;
  return {
    passed: summary.numPassedTests,
    failed: status === 0 ? failed : Math.max(failed, 1),
    skipped: summary.numPendingTests ? [`${summary.numPendingTests} unit tests, see their output above`] : [],
  };
}

async function pytest(show, folder) {
  const tests = existsSync(path.join(ROOT, folder)) ? readdirSync(path.join(ROOT, folder)) : [];
  if (!tests.some(name => /^test_.*\.py$/.test(name))) {
    return { passed: 0, failed: 0 };
  }
  const { python, reason } = findPython(ROOT, TRAINING);
  if (!python) {
    return { passed: 0, failed: 0, skipped: [`the Python tests of ${folder}: ${reason}`] };
  }
  const { status, output } = await show(python, ['-m', 'pytest', ...PYTEST_OPTIONS, folder], ONE_THREAD);
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
async function runner(show, script, args = []) {
  const { status, output } = await show(process.execPath, [script, ...args]);
  const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(output) ?? [0, 0, 1];
  const skipped = [...output.matchAll(/skipped, since (.*)/g)].map(match => match[1]);
  return {
    passed: Number(passed),
    failed: status === 0 ? Number(failed) : Math.max(Number(failed), 1),
    skipped,
  };
}

function isWanted(name) {
  if (name === 'build') {
    return !isBuilt();
  }
  return options.only ? options.only === name : !options.quick || QUICK.includes(name);
}

/** A step with its output shown as it comes. */
async function step(name, body) {
  if (isWanted(name)) {
    console.log(`\n== ${name}`);
    await measure(name, () => body((...given) => run(process.stdout, ...given)));
  }
}

/**
 * Steps that do not depend on each other, in this order, two at a time, each with its output shown
 * when it has ended.
 */
async function together(steps) {
  const waiting = steps.filter(([name]) => isWanted(name));
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, body] = next;
      const shown = [];
      const keep = { write: chunk => shown.push(chunk) };
      await measure(name, () => body((...given) => run(keep, ...given)));
      console.log(`\n== ${name}\n${Buffer.concat(shown)}`);
    }
  };
  await Promise.all([lane(), lane()]);
}

async function measure(name, body) {
  const started = performance.now();
  const { passed, failed, skipped = [] } = await body();
  results.push({ name, passed, failed, skipped, seconds: (performance.now() - started) / 1000 });
}

function report() {
  const minutes = (performance.now() / 60_000).toFixed(1);
  console.log(`\n== summary (${minutes} minutes in all)`);
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

/** Runs a program with its output written to `target`, and kept. */
function run(target, program, args, environment = {}) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...environment };
    const child = spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        output += chunk;
        target.write(chunk);
      });
    }
    child.on('error', reject);
    child.on('close', status => resolve({ status, output }));
  });
}
