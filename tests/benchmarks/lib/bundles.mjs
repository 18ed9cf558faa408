import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
export const ROOT = path.resolve(import.meta.dirname, '../../..');
const KIT = 'test-results/benchmark/nodeKit.cjs';

/** Bundles `nodeKit.ts` as the command line is bundled, and returns the bundle's path. */
export async function bundleNodeKit() {
  const webpack = require('webpack');
  const { nodeProgram } = require(path.join(ROOT, 'scripts/build/webpack.config.cjs'));
  const external = /^(onnxruntime-node|@cornerstonejs\/codec-|jpeg-lossless-decoder-js)/;
  const configuration = nodeProgram('benchmark', 'tests/benchmarks/lib/nodeKit.ts', KIT, external, false);
  configuration.devtool = false;
  const stats = await new Promise((resolve, reject) =>
    webpack(configuration).run((error, result) => (error ? reject(error) : resolve(result)))
  );
  if (stats.hasErrors()) {
    throw new Error(stats.toString('errors-only'));
  }
  return path.join(ROOT, KIT);
}
