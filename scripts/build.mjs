/**
 * Builds `dist/`: the plugins in both forms with their assets, the demo server, the command line and the
 * example configuration.
 *
 *   node scripts/build.mjs [--dev] [--only NAME]
 *
 * `--dev`: readable bundles with source maps. `--only`: the bundles whose name holds NAME (mode, worker,
 * demo server, ...).
 */
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeChecksums } from './build/checksums.mjs';
import { compile } from './build/compile.mjs';
import { exampleConfiguration } from './build/exampleConfiguration.mjs';

const require = createRequire(import.meta.url);
const { withLicences, writeNotices } = require('./build/licences.cjs');
const {
  root,
  plugins,
  EXTENSION,
  MODE,
  umd,
  esm,
  worker,
  pdfWriter,
  nodeProgram,
} = require('./build/webpack.config.cjs');

/**
 * The ONNX runtime's builds: plain CPU, and with WebGPU twice (jspi is smaller, asyncify runs in
 * every browser).
 */
const RUNTIME_BUILDS = ['', '.jspi', '.asyncify'].map(build => `ort-wasm-simd-threaded${build}`);

/**
 * Packages of the command line that find files of their own in their folder: native ones, WebAssembly,
 * workers, scripts.
 */
const STAYS_IN_NODE_MODULES =
  /^(onnxruntime-node$|@cornerstonejs\/codec-|@napi-rs\/canvas$|(bullmq|ioredis|pino|prom-client|undici)$)/;

/** What the bundles load: they check them. */
const BUNDLE_FILES = ['deep-aspects.worker.js', 'deep-aspects.pdf.js'];
/**
 * What the worker loads: it checks them, as the bundles check theirs, and a site's configuration the bundles.
 */
const WORKER_FILES = [
  ...RUNTIME_BUILDS.flatMap(build => [`${build}.js`, `${build}.wasm`]),
  ...['anatomy', 'infarct'].map(task => `models/${task}/manifest.json`),
];

const { values: options } = parseArgs({
  options: { dev: { type: 'boolean' }, only: { type: 'string', default: '' } },
});
const production = !options.dev;
const started = performance.now();

// Each step bakes in the hashes of what the one before it made: assets, worker, bundles, example
// configuration.
const extensionFolder = path.join(plugins, EXTENSION.name);
const makesPlugin = chosen([worker(production, {}), pdfWriter(production), ...programs({})]).some(
  ({ target }) => target !== 'node20'
);
if (makesPlugin) {
  await copyAssets();
}
const runtimeHashes = await hashes(extensionFolder, there(WORKER_FILES));
await compileAll(
  chosen([
    withLicences(EXTENSION, 'worker', worker(production, runtimeHashes)),
    withLicences(EXTENSION, 'pdf', pdfWriter(production)),
  ])
);
await compileAll(chosen(programs(await hashes(extensionFolder, there(BUNDLE_FILES)))));
if (makesPlugin && !isWhole()) {
  console.warn('Bundles are missing, so there is no example configuration: run all of `npm run build` once');
} else if (makesPlugin) {
  await writePackages();
  await writeExample();
  await writeChecksums(plugins);
}
console.log(`Built dist/ in ${((performance.now() - started) / 1000).toFixed(1)} s`);

function programs(integrity) {
  const extensionEntry = 'extensions/deep-aspects/src/index.ts';
  const modeEntry = 'modes/stroke-triage/src/index.ts';
  return [
    withLicences(EXTENSION, 'umd', umd(EXTENSION, extensionEntry, production, integrity)),
    withLicences(EXTENSION, 'esm', esm(EXTENSION, extensionEntry, production, integrity)),
    withLicences(MODE, 'umd', umd(MODE, modeEntry, production)),
    withLicences(MODE, 'esm', esm(MODE, modeEntry, production)),
    nodeProgram(
      'demo server',
      'demo-server/src/main.ts',
      'dist/demo-server/demo-server.cjs',
      /^$/,
      production
    ),
    nodeProgram(
      'demo server library',
      'demo-server/src/library.ts',
      'dist/demo-server/library.cjs',
      /^$/,
      production
    ),
    nodeProgram(
      'command line',
      'cli/src/main.ts',
      'cli/dist/deep-aspects.cjs',
      STAYS_IN_NODE_MODULES,
      production
    ),
  ];
}

/** Bundles of a plugin, in both forms. */
function bundlesOf(name) {
  return ['esm', 'umd'].map(form => `${name}.${form}.js`);
}

function isWhole() {
  return [EXTENSION, MODE].every(({ name }) =>
    bundlesOf(name).every(file => existsSync(path.join(plugins, name, file)))
  );
}

function chosen(list) {
  return list.filter(({ name, entry }) => existsSync(entry) && name.includes(options.only));
}

/**
 * Those of the extension's files that are there: without models a build cannot score, and a part of a
 * build lacks others.
 */
function there(files) {
  return files.filter(file => existsSync(path.join(extensionFolder, file)));
}

/** Subresource integrity hashes of files in a folder. */
async function hashes(folder, files) {
  const entries = files.map(async file => {
    const bytes = await readFile(path.join(folder, file));
    return [file, `sha384-${createHash('sha384').update(bytes).digest('base64')}`];
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function compileAll(list) {
  if (!list.length) {
    return;
  }
  const stats = await compile(list);
  if (stats.hasWarnings()) {
    console.error(stats.toString({ preset: 'errors-warnings', colors: process.stderr.isTTY }));
  }
}

async function copyAssets() {
  const target = extensionFolder;
  await mkdir(target, { recursive: true });
  const runtime = path.dirname(require.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
  for (const name of RUNTIME_BUILDS) {
    await cp(path.join(runtime, `${name}.wasm`), path.join(target, `${name}.wasm`));
    // As .js: many web servers send .mjs with a type that browsers do not run.
    await cp(path.join(runtime, `${name}.mjs`), path.join(target, `${name}.js`));
  }
  for (const task of ['anatomy', 'infarct']) {
    const source = path.join(root, 'models', task);
    if (existsSync(path.join(source, 'manifest.json'))) {
      await cp(source, path.join(target, 'models', task), { recursive: true });
    } else {
      console.warn(`models/${task} has no manifest.json: this build cannot score until it has`);
    }
  }
}

/** Makes each folder an npm package of its own, for sites that build OHIF with `pluginConfig.json`. */
async function writePackages() {
  for (const pkg of [EXTENSION, MODE]) {
    const { name, version, description, license, keywords, peerDependencies } = pkg;
    const published = {
      name,
      version,
      description,
      license,
      keywords,
      main: `${name}.umd.js`,
      peerDependencies,
    };
    await writeFile(path.join(plugins, name, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
    await cp(path.join(root, 'LICENSE'), path.join(plugins, name, 'LICENSE'));
    await writeNotices(pkg, path.join(plugins, name));
  }
}

async function writeExample() {
  const integrity = {};
  for (const { name } of [EXTENSION, MODE]) {
    Object.assign(integrity, await hashes(path.join(plugins, name), bundlesOf(name)));
  }
  const text = await exampleConfiguration({ extension: EXTENSION, mode: MODE, integrity });
  await writeFile(path.join(root, 'dist/app-config.example.js'), text);
}
