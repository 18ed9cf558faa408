import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ALL_BY_SWIFTSHADER, launchChromium } from '../../e2e/lib/chromium.mjs';
import { ISOLATED, PLUGIN, serveSite } from '../../e2e/inference/site.mjs';
import { ROOT } from './bundles.mjs';

/**
 * One measurement in Chromium: single inferences by themselves, then a scan from click to result
 * through the engine.
 *
 * @param runtime `{provider: 'wasm' | 'webgpu', threads: 1 | 2}`: the page sees as many cores. Two threads
 *   are one network with both of them where single inferences are timed, and a network on each for the scan,
 *   as in the product
 */
export async function runInBrowser({ runtime, engineFolder, models, seriesFolder, inputs, warmUps, runs }) {
  const site = await serveSite({
    pageHeaders: ISOLATED,
    // The measuring worker below is started by its address: under COEP its own answer needs the headers too.
    fileHeaders: ISOLATED,
    folders: {
      '/plugin/': PLUGIN,
      '/engine/': engineFolder,
      '/models/': models,
      '/series/': seriesFolder,
      '/ort/': path.join(ROOT, 'node_modules/onnxruntime-web/dist'),
      '/bench/': path.join(ROOT, 'tests/benchmarks/lib'),
    },
  });
  const browser = await launchChromium(
    // SwiftShader: as all figures that are kept were measured.
    runtime.provider === 'webgpu' ? { gpu: true } : { args: [ALL_BY_SWIFTSHADER] }
  );
  try {
    const page = await (await browser.newContext()).newPage();
    // The engine takes as many threads as it sees cores.
    const devTools = await page.context().newCDPSession(page);
    await devTools.send('Emulation.setHardwareConcurrencyOverride', { hardwareConcurrency: runtime.threads });
    await page.goto(`${site.origin}/`);
    const reason = runtime.provider === 'webgpu' && (await page.evaluate(whyNoGpu));
    if (reason) {
      return { skipped: reason };
    }
    const scan = await page.evaluate(scoreTwice, { provider: runtime.provider });
    const downloadedBytes = downloaded(site.requests);
    const peakMemoryMb = await peakMemory(browser);
    const { threads } = runtime;
    const networks = await describeNetworks(models, inputs);
    const provider = runtime.provider;
    const { slices, error } = await page.evaluate(timeSlices, { provider, threads, networks, warmUps, runs });
    return { ...scan, slices, error, threads, downloadedBytes, peakMemoryMb };
  } finally {
    await browser.close();
    await site.stop();
  }
}

/** In the page: why WebGPU is not measured, or undefined. */
async function whyNoGpu() {
  const request = () => navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  // The first answer of a GPU process that has just started is null.
  const adapter = (await request()) ?? (await request());
  if (!adapter) {
    return 'this browser has no WebGPU adapter on this machine';
  }
  const { vendor, architecture, isFallbackAdapter } = adapter.info;
  const software = isFallbackAdapter || /swiftshader|llvmpipe/.test(architecture);
  return software ? `the only WebGPU adapter is software (${vendor} ${architecture})` : undefined;
}

/** In the page: loads, warms up, and scores twice; the second is what a reader waits for. */
async function scoreTwice({ provider }) {
  const { createAspectsEngine } = await import('/engine/engine.js');
  const { joinSeries } = await import('/bench/joinSeries.mjs');
  const header = await (await fetch('/series/series.json')).json();
  const series = joinSeries(header, await (await fetch('/series/series.bin')).arrayBuffer());
  const models = { anatomy: '/models/anatomy/manifest.json', infarct: '/models/infarct/manifest.json' };
  const engine = createAspectsEngine({ models, provider, assetsUrl: '/plugin/' });
  const started = performance.now();
  const prepared = await engine.prepare();
  const loadMs = performance.now() - started;
  try {
    await engine.score(series);
    const clicked = performance.now();
    const { result } = await engine.score(series);
    const clickToResult = performance.now() - clicked;
    const { score: score10, affectedSide: side, runtime } = result;
    return { loadMs, ...prepared, scan: { ...runtime.timingsMs, clickToResult, score10, side } };
  } catch (error) {
    return { loadMs, ...prepared, scan: { refused: error.code ?? error.message } };
  }
}

/** In the page: times the runtime alone, in a worker. */
function timeSlices({ provider, threads, networks, warmUps, runs }) {
  const build = provider === 'webgpu' ? 'jspi' : 'wasm';
  const file = new URL(`/ort/ort-wasm-simd-threaded${build === 'jspi' ? '.jspi' : ''}`, location.href).href;
  const worker = new Worker('/bench/sliceTimes.worker.mjs', { type: 'module' });
  return new Promise(resolve => {
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = event => resolve({ error: event.message ?? 'the worker did not start' });
    worker.postMessage({
      runtimeUrl: new URL(`/ort/ort.${build}.min.mjs`, location.href).href,
      wasmPaths: { mjs: `${file}.mjs`, wasm: `${file}.wasm` },
      networks: networks.map(network => ({ ...network, values: Float32Array.from(network.values) })),
      threads,
      provider,
      warmUps,
      runs,
    });
  });
}

async function describeNetworks(models, inputs) {
  return Promise.all(
    ['anatomy', 'infarct'].map(async task => {
      const { input, output, file, encoder, context } = JSON.parse(
        await readFile(path.join(models, task, 'manifest.json'), 'utf8')
      );
      return {
        task,
        modelUrl: `/models/${task}/${file}`,
        encoderUrl: encoder && `/models/${task}/${encoder.file}`,
        context,
        input,
        output: output.name,
        values: [...inputs[task]],
      };
    })
  );
}

/** What a first visit fetches for a score, by kind. */
function downloaded(requests) {
  const sum = test =>
    requests.filter(({ path: file }) => test.test(file)).reduce((total, { bytes }) => total + bytes, 0);
  const runtime = sum(/^\/plugin\/ort-/);
  const models = sum(/^\/models\//);
  const worker = sum(/worker\.js$/);
  return { runtime, models, worker, total: runtime + models + worker };
}

/** Greatest resident memory (VmHWM) of the browser's processes that compute; Linux only. */
async function peakMemory(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const peaks = await Promise.all(
    processInfo
      .filter(({ type }) => /renderer|gpu/i.test(type))
      .map(async ({ id }) => {
        const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
        return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
      })
  );
  return peaks.length > 0 && Math.max(...peaks) > 0 ? Math.max(...peaks) : null;
}
