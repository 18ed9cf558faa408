import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ISOLATED, serveSite } from '../inference/site.mjs';
import { ROOT } from '../lib/installation.mjs';
import { openEngine, score, serve, withBrowser } from './inference.e2e.mjs';

/** The networks are the same for every OHIF; one version stands for all. */
const ONCE = ['3.12.10'];
const COMPARISON = path.join(ROOT, 'models/comparison');
const ARCHITECTURES = ['unet', 'transunet', 'unetpp', 'linknet'];
const COMPUTE_TIMEOUT_MS = 120_000;
const cy = handle => `[data-cy="${handle}"]`;

/** A site of its own for the networks, as a hospital's file server may be. */
function serveModels() {
  return serveSite({
    folders: { '/pairs/': COMPARISON },
    fileHeaders: { 'access-control-allow-origin': '*' },
  });
}

/** Opens the study in a fresh browser profile whose configuration names a pair, computes, and gives the score. */
async function computeWith(visit, uid, models) {
  const context = await visit.page.context().browser().newContext();
  try {
    const page = await context.newPage();
    await page.addInitScript(given => (window.modelsOfTest = given), models);
    await page.goto(`${visit.url}stroke-triage?StudyInstanceUIDs=${uid}`);
    await page.locator(cy('aspects-compute')).click({ timeout: COMPUTE_TIMEOUT_MS });
    await page
      .locator(`${cy('aspects-score')}, ${cy('aspects-error')}`)
      .first()
      .waitFor({ timeout: COMPUTE_TIMEOUT_MS });
    const error = page.locator(cy('aspects-error'));
    assert.equal(await error.count(), 0, (await error.count()) ? await error.innerText() : '');
    return Number(await page.locator(cy('aspects-score')).getAttribute('data-score'));
  } finally {
    await context.close();
  }
}

async function runViewer(visit, { check, studies }) {
  const site = await serveModels();
  try {
    for (const architecture of ARCHITECTURES) {
      await check(`${architecture} by its manifests' URLs`, async () => {
        const folder = `${site.origin}/pairs/${architecture}`;
        const found = await computeWith(visit, studies.headCt.uid, {
          anatomy: `${folder}/anatomy/manifest.json`,
          infarct: `${folder}/infarct/manifest.json`,
        });
        assert.ok(Number.isInteger(found) && found >= 0 && found <= 10, `score ${found}`);
        const sent = site.requests.map(request => request.path);
        for (const task of ['anatomy', 'infarct']) {
          assert.ok(
            sent.includes(`/pairs/${architecture}/${task}/model.onnx`),
            `${task} network of the pair`
          );
        }
      });
    }
  } finally {
    await site.stop();
  }
}

/** Share of the sampled pixels that two runs have in common. */
function agreement(one, other) {
  const [a, b] = [one, other].map(text => text.split(/[,;]/));
  assert.equal(a.length, b.length);
  return a.filter((value, index) => value === b[index]).length / a.length;
}

/** Four slices, far apart: SwiftShader is right, and slow. */
async function runWebGpu(_visit, { check }) {
  const phantom = { slices: 4, size: 256, distanceMm: 24, firstMm: -27 };
  await withBrowser({ webgpu: true }, async browser => {
    for (const architecture of ARCHITECTURES) {
      const site = await serve({
        pageHeaders: ISOLATED,
        folders: { '/models/': path.join(COMPARISON, architecture) },
      });
      try {
        await check(`${architecture} computes on WebGPU what it computes on WebAssembly`, async () => {
          const context = await browser.newContext();
          const [wasm, gpu] = [
            await score(await openEngine(context, site.origin, { phantom })),
            await score(await openEngine(context, site.origin, { provider: 'webgpu', phantom })),
          ];
          assert.equal(wasm.result?.runtime.provider, 'wasm', wasm.message);
          assert.equal(gpu.result?.runtime.provider, 'webgpu', gpu.message);
          const manifest = JSON.parse(
            readFileSync(path.join(COMPARISON, architecture, 'infarct/manifest.json'), 'utf8')
          );
          assert.equal(gpu.result.models[1].architecture, manifest.architecture);
          assert.ok(agreement(wasm.regions, gpu.regions) > 0.995);
          assert.ok(agreement(wasm.infarct, gpu.infarct) > 0.995);
          await context.close();
        });
      } finally {
        await site.stop();
      }
    }
  });
}

export default [
  {
    name: 'architectures of the comparison in the viewer',
    ohif: ONCE,
    needsShared: true,
    timeoutMs: 480_000,
    installation: {
      extra: "window.config.deepAspects = { provider: 'wasm', models: window.modelsOfTest };",
    },
    run: runViewer,
  },
  { name: 'architectures of the comparison on WebGPU', ohif: ONCE, timeoutMs: 600_000, run: runWebGpu },
];
