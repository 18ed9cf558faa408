/**
 * The benchmark: time of a slice and of a scan by step, loading, memory and download, side by side for every
 * runtime that this machine has; and from click to result in a real viewer. Prints tables and writes JSON.
 *
 *   npm run bench -- [--scan DICOM_FOLDER]... [--runs N] [--json FILE] [--only TEXT]... [--ohif VERSION]
 *     [--baseline FILE] [--keep] [--against DIST_FOLDER | --against-commit REF] [--quick] [--write]
 *     [--thin SLICES] [--gpu]
 *
 * Scans: the synthetic phantom (with the hand-made networks of the tests), and with the shipped networks the
 * tilted head of the test studies, a real one where that is (CONTRIBUTING.md), and each --scan. `--only`
 * takes the cases whose name holds TEXT; the viewer's is called "viewer". The report is compared with the one
 * in --baseline (tests/benchmarks/baseline.json), which --keep replaces. --against measures an older build's
 * clicks and sizes in the same run: the `dist` folder of another checkout, or with --against-commit
 * that of a commit, which is built for it. --quick measures few times. --thin measures clicks on a demo
 * study and on one of so many slices made from it, with the page's memory. --write puts the viewer's scan
 * into docs/performance.md. --gpu lets the viewer draw and compute on the machine's graphics processor.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundleEngine } from '../e2e/inference/engineBundle.mjs';
import { FIXTURE_MODELS } from '../e2e/inference/site.mjs';
import { findChromium } from '../e2e/lib/chromium.mjs';
import { hasRealStudies, REAL_STUDIES, STUDIES } from '../e2e/lib/studies.mjs';
import { phantomSeries } from '../fixtures/phantomSeries.mjs';
import { runInBrowser } from './lib/browserRun.mjs';
import { buildOfCommit } from './lib/buildOfCommit.mjs';
import { bundleNodeKit, ROOT } from './lib/bundles.mjs';
import { changes, isSameMachine, ratios } from './lib/comparison.mjs';
import { performanceTable, withTable } from './lib/performancePage.mjs';
import { pluginSizes } from './lib/pluginSizes.mjs';
import { printCase, printComparison, printSizes, printViewer } from './lib/printCase.mjs';
import { storeSeries } from './lib/storedSeries.mjs';
import { thinSeries, writeSeries } from './lib/thinSeries.mjs';
import { runInViewer } from './lib/viewerRun.mjs';

/** Browsers compile in tiers: the first ten runs are slower. */
const USUAL = { warmUps: 10, runs: 30 };
const QUICK = { warmUps: 2, runs: 3 };

const { values: options } = parseArgs({
  options: {
    scan: { type: 'string', multiple: true, default: [] },
    runs: { type: 'string' },
    json: { type: 'string', default: 'test-results/benchmark.json' },
    only: { type: 'string', multiple: true, default: [''] },
    ohif: { type: 'string', default: '3.12.10' },
    baseline: { type: 'string', default: 'tests/benchmarks/baseline.json' },
    against: { type: 'string' },
    'against-commit': { type: 'string' },
    keep: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    thin: { type: 'string' },
    gpu: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const { warmUps, runs } = {
  ...(options.quick ? QUICK : USUAL),
  ...(options.runs ? { runs: Number(options.runs) } : {}),
};
const dist = path.join(ROOT, 'dist');

const work = path.join(ROOT, 'test-results/benchmark');
await mkdir(work, { recursive: true });
const against = await buildBefore();
const kitPath = await bundleNodeKit();
const kit = createRequire(import.meta.url)(kitPath);
const engineFolder = findChromium() && (await bundleEngine());

const report = { createdAt: new Date().toISOString(), machine: machine(), runs, cases: [] };
for (const one of cases().filter(({ name }) => isWanted(name))) {
  const measured = await measure(one);
  report.cases.push(measured);
  printCase(measured);
}
if (engineFolder && isWanted('viewer')) {
  if (against) {
    report.before = await measureBuild(against);
    printViewer(report.before.viewer, 'the build before');
  }
  Object.assign(report, await measureBuild(dist));
  printViewer(report.viewer, 'this build');
  printSizes(report.sizes, report.before?.sizes);
}
if (engineFolder && options.thin) {
  report.thin = await measureThin(Number(options.thin));
  report.thin.forEach(viewer => printViewer(viewer, 'this build'));
}
const baselinePath = path.resolve(ROOT, options.baseline);
printComparison(ratios(report), await changesSinceBaseline());
await writeReport(path.resolve(ROOT, options.json));
if (options.keep) {
  await writeReport(baselinePath);
}
if (options.write) {
  const page = path.join(ROOT, 'docs/performance.md');
  await writeFile(page, withTable(await readFile(page, 'utf8'), performanceTable(report)));
  console.log('Written: docs/performance.md');
}

/** `dist` of the older build; undefined where none was asked for. */
async function buildBefore() {
  const commit = options['against-commit'];
  if (!commit) {
    return options.against && path.resolve(options.against);
  }
  console.log(`Building ${commit}, unless that was done before ...`);
  return buildOfCommit(ROOT, commit, path.join(work, 'builds'));
}

function isWanted(name) {
  return options.only.some(text => name.includes(text));
}

async function writeReport(file) {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`Written: ${path.relative(process.cwd(), file)}`);
}

async function changesSinceBaseline() {
  if (!existsSync(baselinePath)) {
    console.log('\nThere is no baseline to compare with: --keep makes this run one.');
    return [];
  }
  const baseline = JSON.parse(await readFile(baselinePath, 'utf8'));
  const all = changes(baseline, report);
  if (isSameMachine(baseline, report)) {
    return all;
  }
  console.log(
    `\nThe baseline is of another machine (${baseline.machine.cpu}): only the ratios can be compared.`
  );
  return all.filter(({ figure }) => figure === 'ratio');
}

function cases() {
  const shipped = path.join(ROOT, 'models');
  const hasShipped = ['anatomy', 'infarct'].every(task =>
    existsSync(path.join(shipped, task, 'manifest.json'))
  );
  const phantom = {
    name: 'synthetic phantom',
    models: FIXTURE_MODELS,
    networks: 'hand-made, for tests',
    read: phantomSeries,
  };
  const folders = [
    ['tilted head CT (synthetic)', path.join(STUDIES.headCt.folder, 'brain')],
    ...(hasRealStudies() ? [['real head CT', REAL_STUDIES.headCt.folder]] : []),
    ...options.scan.map(folder => [path.basename(folder), path.resolve(folder)]),
  ];
  const scans = folders.map(([name, folder]) => ({
    name,
    models: shipped,
    networks: 'shipped',
    folder,
    read: () => kit.readSeries(folder),
  }));
  if (!hasShipped) {
    console.log('models/ holds no pair of networks yet: only the hand-made networks are measured.');
  }
  return hasShipped ? [phantom, ...scans] : [phantom];
}

async function measure({ name, models, networks, read }) {
  const series = await read();
  await storeSeries(series, work);
  const inputs = {};
  const architectures = {};
  for (const task of ['anatomy', 'infarct']) {
    const manifest = JSON.parse(await readFile(path.join(models, task, 'manifest.json'), 'utf8'));
    inputs[task] = kit.selfTestSlice(manifest.input);
    architectures[task] =
      `${manifest.architecture}, ${manifest.precision}, ${((manifest.sizeBytes + (manifest.encoder?.sizeBytes ?? 0)) / 1e6).toFixed(1)} MB`;
  }
  const shape = `${series.slices.length} slices of ${series.columns}x${series.rows}`;
  const results = [];
  for (const runtime of runtimes()) {
    const load = os.loadavg()[0];
    const measured = await runtime
      .measure({ models, inputs })
      .catch(error => ({ skipped: error.message.split('\n')[0] }));
    results.push({ runtime: runtime.name, loadAverage: [load, os.loadavg()[0]], ...measured });
  }
  return { name, networks, architectures, shape, results };
}

/** What a site and its readers have of a build: bytes by part, and clicks. */
async function measureBuild(folder) {
  return { sizes: await pluginSizes(path.join(folder, 'plugins')), viewer: await measureViewer(folder) };
}

/** Click to result in OHIF, of the first scan that the shipped networks are measured on. */
async function measureViewer(build) {
  const [scan] = cases().filter(({ folder }) => folder);
  if (!scan) {
    return { skipped: 'there is no scan to score' };
  }
  const { studyInstanceUID: uid } = await scan.read();
  return measureClicks(scan.name, { folder: scan.folder, uid }, build);
}

/** The same of a demo study, and of one of so many slices over the same extent. */
async function measureThin(slices) {
  const { folder, uid } = STUDIES.demo;
  const thin = thinSeries(await kit.readSeries(folder), slices);
  const target = path.join(work, 'thin');
  await rm(target, { recursive: true, force: true });
  await writeSeries(thin, target);
  return [
    await measureClicks('a demo study (synthetic)', { folder, uid }, dist),
    await measureClicks(`${slices} slices made of it`, { folder: target, uid: thin.studyInstanceUID }, dist),
  ];
}

async function measureClicks(name, study, build) {
  const load = os.loadavg()[0];
  const measured = await runInViewer({
    study,
    ohif: options.ohif,
    dist: build,
    gpu: options.gpu,
    isQuick: options.quick,
  }).catch(error => ({
    skipped: error.message.split('\n')[0],
  }));
  return { name, loadAverage: [load, os.loadavg()[0]], ...measured };
}

function runtimes() {
  const inBrowser = runtime => context =>
    engineFolder
      ? runInBrowser({ ...context, runtime, engineFolder, seriesFolder: work, warmUps, runs })
      : Promise.resolve({ skipped: 'there is no Chromium (set CHROMIUM to its path)' });
  return [
    { name: 'wasm, 1 thread', measure: inBrowser({ provider: 'wasm', threads: 1 }) },
    { name: 'wasm, 2 threads', measure: inBrowser({ provider: 'wasm', threads: 2 }) },
    { name: 'WebGPU', measure: inBrowser({ provider: 'webgpu', threads: 2 }) },
    { name: 'node, 1 thread', measure: context => runInNode(context, 'cpu', 1) },
    { name: 'node, 2 threads', measure: context => runInNode(context, 'cpu', 2) },
    { name: 'node, WebGPU', measure: context => runInNode(context, 'webgpu', 2) },
  ];
}

function runInNode({ models }, provider, threads) {
  const script = path.join(import.meta.dirname, 'lib/nodeRun.mjs');
  const given = [script, kitPath, models, work, provider, threads, warmUps, runs].map(String);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', chunk => (output += chunk));
    child.stderr.on('data', chunk => (errors += chunk));
    child.on('error', reject);
    child.on('close', status =>
      status === 0
        ? resolve(JSON.parse(output.trim().split('\n').at(-1)))
        : reject(new Error(errors.trim() || `status ${status}`))
    );
  });
}

function machine() {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model,
    cores: cpus.length,
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
  };
}
