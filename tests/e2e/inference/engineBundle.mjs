import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
const ROOT = path.resolve(import.meta.dirname, '../../..');

/**
 * Bundles the engine (the main thread's side of inference) by itself as an ES module, so that a page without OHIF can
 * use it; the worker comes from `dist/`.
 *
 * @returns path of the folder that holds `engine.js`
 */
export async function bundleEngine() {
  const webpack = require('webpack');
  const { esm, EXTENSION } = require(path.join(ROOT, 'scripts/build/webpack.config.cjs'));
  const folder = path.join(ROOT, 'test-results/inference-engine');
  await mkdir(folder, { recursive: true });
  const configuration = esm(EXTENSION, 'extensions/deep-aspects/src/inference/aspectsEngine.ts', true);
  configuration.output = { ...configuration.output, path: folder, filename: 'engine.js' };
  const stats = await new Promise((resolve, reject) =>
    webpack(configuration).run((error, result) => (error ? reject(error) : resolve(result)))
  );
  if (stats.hasErrors()) {
    throw new Error(stats.toString('errors-only'));
  }
  return folder;
}
