import assert from 'node:assert/strict';
import { expectAccessible } from '../lib/accessibility.mjs';

const ELSEWHERE = '/static/radiology/plugins/';

/** What the panel says about the installation, as `severity-less` codes. */
async function notices(visit) {
  const found = visit.page.locator('[data-cy="aspects-installation"]');
  await found.first().waitFor();
  return found.evaluateAll(elements =>
    elements.map(({ dataset, textContent }) => ({ code: dataset.code, text: textContent }))
  );
}

/** One readable sentence, and the images are there all the same. */
function explains({ name, code, sentence, ...installation }) {
  return {
    name: `a bad installation: ${name}`,
    ohif: ['3.12.10'],
    installation,
    async run(visit, { check, studies }) {
      await check('explains itself, and the images are shown', async () => {
        await visit.openMode(studies.headCt.uid);
        const [notice, ...others] = await notices(visit);
        assert.equal(notice.code, code);
        assert.match(notice.text, sentence);
        assert.deepEqual(others, []);
        assert.equal((await visit.viewports()).length, 2);
        await visit.screenshot(`bad-${code}`);
        await expectAccessible(visit.page, '[data-cy="aspects-installation"]', code);
      });
    },
  };
}

export default [
  {
    name: 'a study opened by its address, with the plugin in another folder of the server',
    everyHost: true,
    installation: {
      pluginsPath: ELSEWHERE,
      edit: lines => lines.replace(/var PLUGINS = .*;/, `var PLUGINS = '${ELSEWHERE}';`),
    },
    async run(visit, { check, studies }) {
      await check('finds its files in its own folder', async () => {
        const asked = [];
        visit.page.on('request', request => asked.push(new URL(request.url()).pathname));
        await visit.openMode(studies.headCt.uid);
        await visit.page.waitForFunction(() =>
          performance
            .getEntriesByType('resource')
            .some(({ name }) => name.endsWith('models/infarct/manifest.json'))
        );
        const own = asked.filter(path => path.includes('deep-aspects') || path.includes('stroke-triage.esm'));
        assert.ok(own.length >= 4, own.join(', '));
        assert.deepEqual(
          own.filter(path => !path.startsWith(ELSEWHERE)),
          []
        );
      });
      await check("shows the patient's side and the window in both viewports", async () => {
        const letters = visit.page.locator('.left-mid.orientation-marker');
        await visit.page.waitForFunction(
          () => document.querySelectorAll('.left-mid.orientation-marker').length === 2
        );
        assert.deepEqual(await letters.allInnerTexts(), ['R', 'R']);
        const corners = await visit.page.locator('[data-cy="viewport-overlay-bottom-left"]').allInnerTexts();
        assert.deepEqual(
          corners.map(text => text.replace(/\s+/g, ' ').trim()),
          ['W: 40 L: 40', 'W: 80 L: 40']
        );
      });
    },
  },
  explains({
    name: 'a wrong assets address',
    extra: "window.config.deepAspects = { assetsUrl: '/nowhere/' };",
    code: 'ASSETS_MISSING',
    sentence: /not at http:\/\/localhost:\d+\/nowhere\/ .*set deepAspects\.assetsUrl/,
  }),
  explains({
    name: 'a network that is not there',
    extra: "window.config.deepAspects = { models: { infarct: '/plugins/nothing/manifest.json' } };",
    code: 'MODEL_MISSING',
    sentence:
      /infarct network is not at http:\/\/localhost:\d+\/plugins\/nothing\/manifest\.json \(the server answers 404\)/,
  }),
  explains({
    name: 'a setting that cannot be understood',
    extra: "window.config.deepAspects = { provider: 'gpu' };",
    code: 'BAD_CONFIGURATION',
    sentence: /deepAspects\.provider is "gpu"; it must be one of auto, webgpu, wasm/,
  }),
  {
    name: 'a page without isolation in a browser without WebGPU',
    ohif: ['3.12.10'],
    installation: { isolated: false },
    async run(visit, { check, studies }) {
      await check('hints at what makes it slow', async () => {
        await visit.openMode(studies.headCt.uid);
        assert.deepEqual(
          (await notices(visit)).map(({ code }) => code),
          ['NO_WEBGPU', 'NOT_ISOLATED']
        );
        await visit.screenshot('not-isolated');
      });
    },
  },
];
