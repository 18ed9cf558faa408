import assert from 'node:assert/strict';
import { FIXTURE_MODELS, serveSite } from '../inference/site.mjs';
import { launchChromium, newReaderContext } from '../lib/chromium.mjs';
import { serveOhif } from '../lib/installation.mjs';
import { compute, cy, downloadedResult } from '../lib/panel.mjs';
import { makePhantomStudy, PHANTOM_STUDY } from '../lib/phantomStudy.mjs';
import { Visit } from '../lib/visit.mjs';

/** WebGPU in software takes seconds a slice even for the hand-made networks: two slices, one a level. */
const PHANTOM = { slices: 2, size: 256, distanceMm: 30, firstMm: 2 };

async function run(visit, { check, ohif, store }) {
  const { folder, remove } = await makePhantomStudy(PHANTOM);
  await store.readInPlace(folder);
  const site = await serveSite({
    folders: { '/models/': FIXTURE_MODELS },
    fileHeaders: { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' },
  });
  const models = {
    anatomy: `${site.origin}/models/anatomy/manifest.json`,
    infarct: `${site.origin}/models/infarct-stack/manifest.json`,
  };
  const server = await serveOhif({
    ohif,
    source: { store },
    extra: `window.config.deepAspects = ${JSON.stringify({ models, provider: 'webgpu' })};`,
  });
  const browser = await launchChromium({ webgpu: true });
  try {
    await check('a two-slice series is computed on WebGPU where the site asks for it', async () => {
      const page = await (await newReaderContext(browser)).newPage();
      await new Visit(page, server.url, `${visit.label}-webgpu`).openMode(PHANTOM_STUDY);
      await compute(page, { timeoutMs: 300_000 });
      const { runtime, infarct, warnings } = await downloadedResult(page);
      assert.equal(await page.locator(cy('aspects-provider')).innerText(), 'WebGPU');
      assert.equal(runtime.provider, 'webgpu', JSON.stringify(warnings));
      assert.match(runtime.adapter, /swiftshader/i);
      assert.ok(infarct.leftMl > 10, 'the lesion is found');
    });
  } finally {
    await browser.close();
    await server.stop();
    await site.stop();
    await remove();
  }
}

export default [{ name: 'WebGPU in the viewer', ohif: ['3.12.10'], timeoutMs: 600_000, run }];
