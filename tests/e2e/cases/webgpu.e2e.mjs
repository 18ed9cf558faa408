import assert from 'node:assert/strict';
import { FIXTURE_MODELS, serveSite } from '../inference/site.mjs';
import { launchChromium, newReaderContext } from '../lib/chromium.mjs';
import { serveOhif } from '../lib/installation.mjs';
import { compute, cy, downloadedResult } from '../lib/panel.mjs';
import { makePhantomStudy, PHANTOM_STUDY } from '../lib/phantomStudy.mjs';
import { Visit } from '../lib/visit.mjs';

/** WebGPU in software takes seconds a slice even for the hand-made networks: two slices, one a level. */
const PHANTOM = { slices: 2, size: 256, distanceMm: 30, firstMm: 2 };

/** Computes in a viewer whose site has chosen the provider. */
async function computeOn(provider, { ohif, store, models, browser, label }) {
  const server = await serveOhif({
    ohif,
    source: { store },
    extra: `window.config.deepAspects = ${JSON.stringify({ models, provider })};`,
  });
  const context = await newReaderContext(browser);
  const page = await context.newPage();
  try {
    const visit = new Visit(page, server.url, `${label}-${provider}`);
    await visit.openMode(PHANTOM_STUDY);
    await compute(page, { timeoutMs: 300_000 });
    return {
      result: await downloadedResult(page),
      shown: await page.locator(cy('aspects-provider')).innerText(),
    };
  } finally {
    await context.close();
    await server.stop();
  }
}

async function run(visit, { check, ohif, store }) {
  const { folder, remove } = await makePhantomStudy(PHANTOM);
  await store.readInPlace(folder);
  const site = await serveSite({
    folders: { '/models/': FIXTURE_MODELS },
    fileHeaders: { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' },
  });
  // One graph and two graphs, so that both kinds are compared.
  const models = {
    anatomy: `${site.origin}/models/anatomy/manifest.json`,
    infarct: `${site.origin}/models/infarct-stack/manifest.json`,
  };
  const browser = await launchChromium({ webgpu: true });
  try {
    await check('a two-slice series reads on WebGPU as on WebAssembly', async () => {
      const options = { ohif, store, models, browser, label: visit.label };
      const wasm = await computeOn('wasm', options);
      const gpu = await computeOn('webgpu', options);
      assert.deepEqual([wasm.shown, gpu.shown], ['WebAssembly', 'WebGPU']);
      assert.match(gpu.result.runtime.adapter, /swiftshader/i);
      assert.ok(wasm.result.infarct.leftMl > 10, 'the lesion is found');
      for (const part of ['score', 'affectedSide', 'hemispheres', 'infarct', 'oldInfarct', 'warnings']) {
        assert.deepEqual(gpu.result[part], wasm.result[part], part);
      }
    });
  } finally {
    await browser.close();
    await site.stop();
    await remove();
  }
}

export default [{ name: 'WebGPU in the viewer', ohif: ['3.12.10'], timeoutMs: 600_000, run }];
