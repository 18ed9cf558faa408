/**
 * Builds `dist/`: the plugins in both forms with their assets, the demo server, the command line and the example configuration.
 *
 *   node scripts/build.mjs [--dev] [--only NAME]
 *
 * `--dev`: readable bundles with source maps. `--only`: the bundles whose name holds NAME (mode, worker, demo server, ...).
 */
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { exampleConfiguration } from './build/exampleConfiguration.mjs';

const require = createRequire(import.meta.url);
const webpack = require('webpack');
const {
  root,
  plugins,
  EXTENSION,
  MODE,
  umd,
  esm,
  worker,
  nodeProgram,
} = require('./build/webpack.config.cjs');

/** The ONNX runtime's builds: plain CPU, and with WebGPU twice (jspi is smaller, asyncify runs in every browser). */
const RUNTIME_BUILDS = ['', '.jspi', '.asyncify'].map(build => `ort-wasm-simd-threaded${build}`);

/** Packages of the command line that find files of their own beside themselves: native ones, WebAssembly, workers, scripts. */
const STAYS_IN_NODE_MODULES =
  /^(onnxruntime-node$|@cornerstonejs\/codec-|@napi-rs\/canvas$|(bullmq|ioredis|pino|prom-client|undici)$)/;

const { values: options } = parseArgs({
  options: { dev: { type: 'boolean' }, only: { type: 'string', default: '' } },
});
const production = !options.dev;
const started = performance.now();

await compile(configurations());
if (configurations().some(({ target }) => target !== 'node20')) {
  await copyAssets();
  await writePackages();
  await writeExample();
}
console.log(`Built dist/ in ${((performance.now() - started) / 1000).toFixed(1)} s`);

function configurations() {
  const extensionEntry = 'extensions/deep-aspects/src/index.ts';
  const modeEntry = 'modes/stroke-triage/src/index.ts';
  const all = [
    umd(EXTENSION, extensionEntry, production),
    esm(EXTENSION, extensionEntry, production),
    umd(MODE, modeEntry, production),
    esm(MODE, modeEntry, production),
    worker(production),
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
  return all.filter(({ name, entry }) => existsSync(entry) && name.includes(options.only));
}

async function compile(list) {
  const stats = await new Promise((resolve, reject) =>
    webpack(list).run((error, result) => (error ? reject(error) : resolve(result)))
  );
  if (stats.hasErrors() || stats.hasWarnings()) {
    console.error(stats.toString({ preset: 'errors-warnings', colors: process.stderr.isTTY }));
  }
  if (stats.hasErrors()) {
    process.exit(1);
  }
}

async function copyAssets() {
  const target = path.join(plugins, EXTENSION.name);
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
  }
}

async function writeExample() {
  const integrity = {};
  for (const { name } of [EXTENSION, MODE]) {
    for (const form of ['esm', 'umd']) {
      const bytes = await readFile(path.join(plugins, name, `${name}.${form}.js`));
      integrity[`${name}.${form}.js`] = `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
    }
  }
  const text = await exampleConfiguration({ extension: EXTENSION, mode: MODE, integrity });
  await writeFile(path.join(root, 'dist/app-config.example.js'), text);
}
