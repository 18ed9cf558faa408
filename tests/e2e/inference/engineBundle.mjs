import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { compile } from '../../../scripts/build/compile.mjs';

const require = createRequire(import.meta.url);
const ROOT = path.resolve(import.meta.dirname, '../../..');

/**
 * Bundles the engine (the main thread's side of inference) by itself as an ES module, so that a page without
 * OHIF can use it; the worker comes from `dist/`.
 *
 * @returns path of the folder that holds `engine.js`
 */
export function bundleEngine() {
  return bundle(
    path.relative(ROOT, require.resolve('ohif-extension-deep-aspects/engine')),
    'inference-engine',
    'engine.js'
  );
}

/**
 * Bundles `networkKit.ts` with the runtime that the worker holds, so that a page can run one
 * network by itself.
 *
 * @returns path of the folder that holds `networkKit.js`
 */
export function bundleNetworkKit() {
  return bundle('tests/e2e/inference/networkKit.ts', 'network-kit', 'networkKit.js');
}

async function bundle(entry, folderName, filename) {
  const { esm, worker, EXTENSION } = require(path.join(ROOT, 'scripts/build/webpack.config.cjs'));
  const folder = path.join(ROOT, 'test-results', folderName);
  await mkdir(folder, { recursive: true });
  const configuration = esm(EXTENSION, entry, true);
  // The worker's way to find the runtime, so that a page runs the very files that are shipped.
  configuration.resolve = worker(true).resolve;
  configuration.output = { ...configuration.output, path: folder, filename };
  await compile(configuration);
  return folder;
}
