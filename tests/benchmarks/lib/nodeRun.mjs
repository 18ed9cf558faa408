/**
 * One measurement with onnxruntime-node, in a process of its own so that its peak memory is known.
 *
 *   node nodeRun.mjs KIT MODELS SERIES_FOLDER PROVIDER THREADS WARM_UPS RUNS     prints JSON
 */
import { createRequire } from 'node:module';
import { readStoredSeries } from './storedSeries.mjs';
import { summary, timeRuns } from './statistics.mjs';

const [kit, models, seriesFolder, provider, threads, warmUps, runs] = process.argv.slice(2);
const { loadModels, runAlone, scoreSeries, selfTestSlice } = createRequire(import.meta.url)(kit);

const started = performance.now();
const networks = await loadModels(models, { provider, threads: Number(threads) });
const loadMs = performance.now() - started;

const slices = {};
for (const task of ['anatomy', 'infarct']) {
  const network = networks[task];
  const input = selfTestSlice(network.manifest.input);
  slices[task] = summary(await timeRuns(() => runAlone(network, input), Number(warmUps), Number(runs)));
}

const series = await readStoredSeries(seriesFolder);
const runtime = {
  provider: provider === 'webgpu' ? 'webgpu' : 'cpu',
  adapter: `${threads} threads`,
  precision: '',
};
const scan = await scanTimes(() => scoreSeries({ series, ...networks, runtime }));
const peakMemoryMb = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ loadMs, slices, scan, peakMemoryMb, downloadedBytes: 0 }));

/** The second of two scores: the first compiles. */
async function scanTimes(score) {
  try {
    await score();
    const { result } = await score();
    return { ...result.runtime.timingsMs, score10: result.score, side: result.affectedSide };
  } catch (error) {
    return { refused: error.code ?? error.message };
  }
}
