import assert from 'node:assert/strict';
import path from 'node:path';
import { serveSite } from '../inference/site.mjs';
import { newReaderContext } from '../lib/chromium.mjs';
import { twoSliceStudy } from '../lib/derivedStudy.mjs';
import { ROOT } from '../lib/installation.mjs';
import { cy } from '../lib/panel.mjs';

/** The networks are the same for every OHIF; one version stands for all. */
const ONCE = ['3.12.10'];
const COMPARISON = path.join(ROOT, 'models/comparison');
/** The one least like what is shipped; `architecturesParity.e2e.mjs` compares all four. */
const ARCHITECTURES = ['transunet'];
const COMPUTE_TIMEOUT_MS = 120_000;

/** A site of its own for the networks, as a hospital's file server may be. */
function serveModels() {
  return serveSite({
    folders: { '/pairs/': COMPARISON },
    fileHeaders: { 'access-control-allow-origin': '*' },
  });
}

/**
 * Opens the study in a fresh browser profile whose configuration names a pair, computes, and gives the score
 * or the code of the refusal.
 */
async function computeWith(visit, uid, models) {
  const context = await newReaderContext(visit.page.context().browser());
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
    if (await error.count()) {
      return error.getAttribute('data-code');
    }
    return Number(await page.locator(cy('aspects-score')).getAttribute('data-score'));
  } finally {
    await context.close();
  }
}

async function runViewer(visit, { check, store, studies }) {
  const uid = await twoSliceStudy(studies.demo.folder, store, '72');
  const site = await serveModels();
  try {
    for (const architecture of ARCHITECTURES) {
      await check(`${architecture} by its manifests' URLs`, async () => {
        const folder = `${site.origin}/pairs/${architecture}`;
        const found = await computeWith(visit, uid, {
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

export default [
  {
    name: 'architectures of the comparison in the viewer',
    ohif: ONCE,
    timeoutMs: 480_000,
    installation: {
      extra: "window.config.deepAspects = { provider: 'wasm', models: window.modelsOfTest };",
    },
    run: runViewer,
  },
];
