import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { bundleEngine } from '../inference/engineBundle.mjs';
import { FIXTURE_MODELS, ISOLATED, PLUGIN, serveSite } from '../inference/site.mjs';
import { launchChromium, newReaderContext } from '../lib/chromium.mjs';
import { ROOT } from '../lib/installation.mjs';

/** The engine needs no OHIF: one version stands for all, so that these cases run once. */
const ONCE = ['3.12.10'];
/** A phantom that a busy machine scores in seconds. */
const SMALL = { slices: 14, distanceMm: 10, size: 256 };
const SUB_PATH = '/some/where/plugins/';

export async function serve(options = {}) {
  const engine = await engineFolder();
  const folders = {
    [SUB_PATH]: PLUGIN,
    '/models/': FIXTURE_MODELS,
    '/engine/': engine,
    '/fixtures/': path.join(ROOT, 'tests/fixtures'),
  };
  return serveSite({ ...options, folders: { ...folders, ...options.folders } });
}

let bundled;
function engineFolder() {
  assert.ok(existsSync(path.join(PLUGIN, 'deep-aspects.worker.js')), 'npm run build makes the worker');
  bundled ??= bundleEngine();
  return bundled;
}

/** Opens the site's empty page and puts an engine and a phantom into it. */
export async function openEngine(context, origin, options = {}) {
  const {
    assets = origin,
    models = origin,
    infarct = 'infarct',
    provider = 'wasm',
    phantom = SMALL,
    before,
  } = options;
  const page = await context.newPage();
  if (before) {
    await page.addInitScript(before);
  }
  await page.goto(`${origin}/`);
  await page.evaluate(
    async ({ engineUrl, phantomUrl, configuration, phantom }) => {
      const { createAspectsEngine } = await import(engineUrl);
      const { phantomSeries } = await import(phantomUrl);
      window.series = phantomSeries(phantom);
      window.engine = createAspectsEngine(configuration);
    },
    {
      engineUrl: `${origin}/engine/engine.js`,
      phantomUrl: `${origin}/fixtures/phantomSeries.mjs`,
      phantom,
      configuration: {
        provider,
        assetsUrl: `${assets}${SUB_PATH}`,
        models: {
          anatomy: `${models}/models/anatomy/manifest.json`,
          infarct: `${models}/models/${infarct}/manifest.json`,
        },
      },
    }
  );
  return page;
}

/**
 * Scores the page's phantom; label maps come back as one string of digits each, a hundredth of the pixels.
 */
export function score(page) {
  return page.evaluate(async () => {
    const sampled = planes =>
      planes.map(plane => plane.filter((_, index) => index % 101 === 0).join()).join(';');
    try {
      const { result, regions, infarct } = await window.engine.score(window.series);
      return { result, regions: sampled(regions), infarct: sampled(infarct) };
    } catch ({ code, message, details }) {
      return { code, message, details };
    }
  });
}

const wasmFiles = site =>
  site.requests.map(({ path: file }) => path.basename(file)).filter(file => file.endsWith('.wasm'));
const countOf = (site, name) => site.requests.filter(({ path: file }) => file.endsWith(name)).length;

/** A browser of its own, with what a case needs of flags. */
export async function withBrowser(options, body) {
  const browser = await launchChromium(options);
  try {
    await body(browser);
  } finally {
    await browser.close();
  }
}

async function runWasm(_visit, { check }) {
  const site = await serve({ pageHeaders: ISOLATED });
  const plain = await serve();
  const elsewhere = await serve({ fileHeaders: { 'access-control-allow-origin': '*' } });
  const strict = await serve({
    pageHeaders: {
      'content-security-policy':
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'",
    },
  });
  // A name that is not localhost: over http the page is no secure context, as in many hospitals.
  const args = ['--host-resolver-rules=MAP hospital.example 127.0.0.1'];
  try {
    await withBrowser({ args }, async browser => {
      let threaded;
      const context = await newReaderContext(browser);
      await check('scores with WebAssembly threads where the page is isolated, from a sub-path', async () => {
        const page = await openEngine(context, site.origin);
        threaded = await score(page);
        assert.equal(threaded.result?.affectedSide, 'left', threaded.message);
        assert.ok(
          threaded.result.score < 10 && threaded.result.infarct.volumeMl > 20,
          JSON.stringify(threaded.result)
        );
        assert.equal(threaded.result.runtime.provider, 'wasm');
        const cores = await page.evaluate(() => navigator.hardwareConcurrency);
        assert.equal(threaded.result.runtime.adapter !== 'CPU, 1 thread', cores > 1);
        assert.deepEqual(threaded.result.warnings, []);
        // Once for both workers.
        assert.deepEqual(wasmFiles(site), ['ort-wasm-simd-threaded.wasm']);
        await page.close();
      });
      await check('takes the models from the cache on the next visit', async () => {
        const page = await openEngine(context, site.origin);
        assert.equal((await score(page)).regions, threaded.regions);
        assert.equal(countOf(site, 'model.onnx'), 2);
        await page.close();
      });
      await check(
        'keeps the main thread free: no task of 50 ms while it posts, waits and receives',
        async () => {
          const page = await openEngine(context, site.origin, { phantom: { slices: 28, size: 512 } });
          const longest = await page.evaluate(async () => {
            await window.engine.prepare();
            const tasks = [];
            const observer = new PerformanceObserver(list =>
              tasks.push(...list.getEntries().map(entry => entry.duration))
            );
            observer.observe({ type: 'longtask' });
            const before = window.series.slices[0].hu.length;
            await window.engine.score(window.series);
            await new Promise(resolve => setTimeout(resolve, 100));
            return { longest: Math.max(0, ...tasks), kept: before === window.series.slices[0].hu.length };
          });
          assert.ok(longest.kept, "the host's pixels were taken away");
          assert.ok(longest.longest < 50, `a task of ${longest.longest} ms`);
          await page.close();
        }
      );
      await check('gives the same where the page is not isolated, a worker a network', async () => {
        const page = await openEngine(await newReaderContext(browser), plain.origin);
        const single = await score(page);
        const cores = await page.evaluate(() => Math.min(2, navigator.hardwareConcurrency));
        assert.equal(single.result?.runtime.adapter, `CPU, ${cores} thread${cores > 1 ? 's' : ''}`);
        assert.equal(single.regions, threaded.regions);
        assert.equal(single.infarct, threaded.infarct);
      });
      await check(
        'runs a network of two graphs, in a worker of its own and concurrently with the other',
        async () => {
          // Its acute class is the plain network's infarct wherever a neighbouring slice shows some too, as
          // everywhere here.
          const acute = ({ result }) =>
            ['left', 'right'].flatMap(side =>
              result.hemispheres[side].regions.map(({ infarctMl }) => infarctMl)
            );
          for (const origin of [site.origin, plain.origin]) {
            const page = await openEngine(await newReaderContext(browser), origin, {
              infarct: 'infarct-stack',
            });
            const stacked = await score(page);
            assert.equal(stacked.result?.models[1].name, 'fixture-infarct-stack', stacked.message);
            assert.deepEqual(acute(stacked), acute(threaded));
            assert.equal(typeof stacked.result.oldInfarct.volumeMl, 'number');
            assert.equal(threaded.result.oldInfarct, null);
          }
          assert.ok(countOf(site, 'infarct-stack/encoder.onnx') === 1);
        }
      );
      await check('runs from another origin, on an isolated page', async () => {
        const page = await openEngine(context, site.origin, {
          assets: elsewhere.origin,
          models: elsewhere.origin,
        });
        assert.equal((await score(page)).regions, threaded.regions);
        assert.equal(countOf(elsewhere, 'deep-aspects.worker.js'), 1);
      });
      await check('runs where the Content-Security-Policy forbids blobs', async () => {
        const page = await openEngine(await newReaderContext(browser), strict.origin);
        assert.equal((await score(page)).regions, threaded.regions);
      });
      await check(
        'runs over plain http from a hospital host, without crypto.subtle and Cache Storage',
        async () => {
          const origin = `http://hospital.example:${plain.port}`;
          const page = await openEngine(await newReaderContext(browser), origin);
          assert.deepEqual(
            await page.evaluate(() => [isSecureContext, typeof crypto.subtle, typeof caches]),
            [false, 'undefined', 'undefined']
          );
          assert.equal((await score(page)).regions, threaded.regions);
        }
      );
      await check('cancels within a second', async () => {
        const page = await openEngine(context, site.origin);
        const { code, ms } = await page.evaluate(async () => {
          const controller = new AbortController();
          let aborted = 0;
          const onProgress = ({ step }) => {
            if (step === 'anatomy' && !aborted) {
              aborted = performance.now();
              controller.abort();
            }
          };
          const error = await window.engine
            .score(window.series, { onProgress, signal: controller.signal })
            .catch(e => e);
          return { code: error.code, ms: performance.now() - aborted };
        });
        assert.equal(code, 'CANCELLED');
        assert.ok(ms < 1000, `${ms} ms`);
        await page.close();
      });
      await check('notices a worker that was killed, repeats the computation and says so', async () => {
        const page = await openEngine(context, site.origin, { before: exposeWorkers });
        const killed = await scoreAndKill(page);
        assert.equal(killed.regions, threaded.regions);
        assert.deepEqual(
          killed.result.warnings.map(warning => warning.code),
          ['GPU_FALLBACK']
        );
        await page.close();
      });
      await check('refuses a model that is not the one of its manifest', async () => {
        const wrong = await serve({
          folders: { '/models/anatomy/model.onnx': path.join(FIXTURE_MODELS, 'infarct/model.onnx') },
        });
        const page = await openEngine(await newReaderContext(browser), wrong.origin);
        assert.equal((await score(page)).code, 'MODEL_HASH_MISMATCH');
        await wrong.stop();
      });
      await check('refuses with what to do when the models or the worker are not there', async () => {
        for (const elsewhereOptions of [
          { models: `${site.origin}/nothing` },
          { assets: `${site.origin}/nothing` },
        ]) {
          const page = await openEngine(context, site.origin, elsewhereOptions);
          const refused = await score(page);
          assert.equal(refused.code, 'MODEL_UNAVAILABLE');
          assert.match(refused.message, /Check/);
          await page.close();
        }
      });
    });
  } finally {
    await Promise.all([site, plain, elsewhere, strict].map(one => one.stop()));
  }
}

/** Lets the page end its workers behind the engine's back. */
function exposeWorkers() {
  const Original = window.Worker;
  window.workers = [];
  window.Worker = class extends Original {
    constructor(...given) {
      super(...given);
      window.workers.push(this);
    }
  };
}

/** Scores, and kills the worker once, when the networks have begun to run. */
async function scoreAndKill(page) {
  await page.evaluate(() => {
    const { score } = window.engine;
    let killed = false;
    window.engine.score = series =>
      score.call(window.engine, series, {
        onProgress: ({ step, done }) => {
          if (step === 'anatomy' && done === 2 && !killed) {
            killed = true;
            window.workers.at(-1).terminate();
          }
        },
      });
  });
  return score(page);
}

/** Before the page loads: its worker finds a browser that has WebGPU and not yet JSPI. */
function hideJspi() {
  const without = 'import "data:text/javascript,delete WebAssembly.Suspending";';
  window.Blob = class extends window.Blob {
    constructor([first, ...rest], options) {
      super([String(first).startsWith('import ') ? without + first : first, ...rest], options);
    }
  };
}

/** WebGPU by SwiftShader: right, and slow; so two slices, one a level. */
async function runWebGpu(_visit, { check }) {
  const site = await serve({ pageHeaders: ISOLATED });
  const phantom = { slices: 2, size: 256, distanceMm: 30, firstMm: 2 };
  try {
    await withBrowser({ webgpu: true }, async browser => {
      const context = await newReaderContext(browser);
      // Two sessions at once never come back from WebGPU: a warm-up of both left readers with WebAssembly.
      // One network of one graph and one of two, so that both kinds are compared.
      const networks = { phantom, infarct: 'infarct-stack' };
      const page = await openEngine(context, site.origin, networks);
      const reference = await score(page);
      await page.close();
      for (const { where, before, file } of [
        { where: 'this browser', file: 'ort-wasm-simd-threaded.jspi.wasm' },
        { where: 'one without JSPI', before: hideJspi, file: 'ort-wasm-simd-threaded.asyncify.wasm' },
      ]) {
        await check(
          `WebGPU in ${where} computes what WebAssembly does, after self-test and warm-up`,
          async () => {
            const gpu = await openEngine(context, site.origin, { ...networks, provider: 'webgpu', before });
            const prepared = await gpu.evaluate(() => window.engine.prepare());
            assert.equal(prepared.provider, 'webgpu');
            assert.match(prepared.adapter, /swiftshader/);
            const { result, regions, infarct, message } = await score(gpu);
            assert.equal(result?.runtime.provider, 'webgpu', message ?? JSON.stringify(result?.warnings));
            assert.equal(regions, reference.regions);
            assert.equal(infarct, reference.infarct);
            assert.equal(result.score, reference.result.score);
            assert.ok(wasmFiles(site).includes(file), wasmFiles(site).join());
            const remembered = await gpu.evaluate(
              async () => (await (await caches.open('deep-aspects-self-tests')).keys()).length
            );
            assert.equal(remembered, 2);
            await gpu.close();
          }
        );
      }
      await check('leaves the software adapter alone when it may choose', async () => {
        const page = await openEngine(context, site.origin, { provider: 'auto', phantom });
        const { result } = await score(page);
        assert.equal(result.runtime.provider, 'wasm');
        assert.deepEqual(
          result.warnings.filter(({ code }) => code === 'GPU_FALLBACK'),
          []
        );
      });
    });
  } finally {
    await site.stop();
  }
}

export default [
  { name: 'inference engine on WebAssembly', ohif: ONCE, timeoutMs: 300_000, run: runWasm },
  { name: 'inference engine on WebGPU', ohif: ONCE, timeoutMs: 600_000, run: runWebGpu },
];
