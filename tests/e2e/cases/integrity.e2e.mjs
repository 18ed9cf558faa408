import assert from 'node:assert/strict';
import { cy } from '../lib/aspects.mjs';

const FILES = [
  'deep-aspects.worker.js',
  'ort-wasm-simd-threaded.js',
  'ort-wasm-simd-threaded.wasm',
  'models/infarct/manifest.json',
];

/** Sends a file of the plugin with one byte more than it has. */
async function serveChanged(route) {
  const response = await route.fetch();
  await route.fulfill({ response, body: Buffer.concat([await response.body(), Buffer.from('\n')]) });
}

export default [
  {
    name: 'integrity: a file of the plugin that is not of its build',
    ohif: ['3.12.10'],
    async run(visit, { check, studies }) {
      const { page } = visit;
      for (const file of FILES) {
        await check(`is neither run nor used: ${file}`, async () => {
          await page.route(`**/${file}`, serveChanged);
          await visit.openMode(studies.demo.uid);
          await page.locator(cy('aspects-compute')).click();
          const alert = page.locator(cy('aspects-error'));
          await alert.waitFor();
          assert.equal(await alert.getAttribute('data-code'), 'MODEL_UNAVAILABLE');
          assert.match(await alert.innerText(), new RegExp(file.split('/').pop()));
          await page.unroute(`**/${file}`);
        });
      }
    },
  },
];
