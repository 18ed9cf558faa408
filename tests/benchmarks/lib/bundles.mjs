import { createRequire } from 'node:module';
import path from 'node:path';
import { compile } from '../../../scripts/build/compile.mjs';

const require = createRequire(import.meta.url);
export const ROOT = path.resolve(import.meta.dirname, '../../..');
const KIT = 'test-results/benchmark/nodeKit.cjs';

/** Bundles `nodeKit.ts` as the command line is bundled, and returns the bundle's path. */
export async function bundleNodeKit() {
  const { nodeProgram } = require(path.join(ROOT, 'scripts/build/webpack.config.cjs'));
  const external = /^(onnxruntime-node|@cornerstonejs\/codec-|jpeg-lossless-decoder-js)/;
  const configuration = nodeProgram('benchmark', 'tests/benchmarks/lib/nodeKit.ts', KIT, external, false);
  configuration.devtool = false;
  await compile(configuration);
  return path.join(ROOT, KIT);
}
