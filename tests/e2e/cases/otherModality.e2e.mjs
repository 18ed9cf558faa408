import assert from 'node:assert/strict';
import path from 'node:path';
import { compute, cy } from '../lib/aspects.mjs';
import { serveFixtureNetworks } from '../lib/fixtureNetworks.mjs';
import { makeStore, ROOT, serveOhif } from '../lib/installation.mjs';
import { paintedStudy } from '../lib/paintedStudy.mjs';
import { PAINTINGS } from '../lib/paintings.mjs';
import { downloadedResult } from '../lib/panel.mjs';
import { Visit } from '../lib/visit.mjs';

const HEAD = path.join(ROOT, 'demo-server/demo-studies/normal-old');
const MR_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.4';
const NAME = 'SYNTHETIC^CT and MR';
const MR_NAME = 'SYNTHETIC diffusion';

/** A stroke as CT and, in the same study, as something that calls itself MR. */
async function studyWithMr() {
  const { paint } = PAINTINGS.left;
  const ct = await paintedStudy(HEAD, { suffix: '76', name: NAME, paint });
  const mr = await paintedStudy(HEAD, {
    suffix: '77',
    name: NAME,
    paint,
    attributes: {
      StudyInstanceUID: ct.uid,
      PatientID: ct.patientId,
      Modality: 'MR',
      SOPClassUID: MR_IMAGE_STORAGE,
      SeriesDescription: MR_NAME,
      SeriesNumber: '7',
    },
  });
  return { ct, mr };
}

/** Double-clicks the series' thumbnail, as a reader does; it then stands in the active viewport. */
async function activate(page, description) {
  await page.locator('[data-cy="study-browser-thumbnail"]').filter({ hasText: description }).dblclick();
  await page.waitForFunction(wanted => {
    const { viewportGridService, displaySetService } = window.services;
    const { activeViewportId, viewports } = viewportGridService.getState();
    const [shown] = viewports.get(activeViewportId)?.displaySetInstanceUIDs ?? [];
    return displaySetService.getDisplaySetByUID(shown)?.SeriesDescription === wanted;
  }, description);
}

export default [
  {
    name: 'an MR next to the CT',
    usualHost: '3.12.10',
    timeoutMs: 600_000,
    async run(opened, { check, ohif }) {
      const { ct, mr } = await studyWithMr();
      const { store, remove } = await makeStore([ct.folder, mr.folder]);
      const networks = await serveFixtureNetworks({ infarct: 'infarct-stack' });
      const server = await serveOhif({ ohif, source: { store }, extra: networks.appConfig({}) });
      const visit = new Visit(opened.page, server.url, `${ohif}-mr`);
      const { page } = visit;
      const scoredSeries = async () => (await downloadedResult(page)).series.seriesInstanceUID;
      try {
        await check(
          'when it is active, the panel says that it cannot be scored, and offers the CT',
          async () => {
            await visit.openMode(ct.uid);
            await activate(page, MR_NAME);
            const told = page.locator(cy('aspects-not-ct'));
            await told.filter({ hasText: `MR and cannot be scored: ${MR_NAME}` }).waitFor();
            assert.match(await page.locator('.dasp-series').innerText(), /^SYNTHETIC head 5 mm \(CT/);
          }
        );

        await check('Compute scores the CT, and shows it', async () => {
          await compute(page);
          assert.equal(await scoredSeries(), ct.seriesUid);
          assert.deepEqual(
            (await visit.viewports()).map(({ seriesInstanceUID }) => seriesInstanceUID),
            Array(4).fill(ct.seriesUid)
          );
        });

        await check('active again, it takes nothing from the result, and is still not scored', async () => {
          await activate(page, MR_NAME);
          await page.locator(cy('aspects-other-series')).filter({ hasText: MR_NAME }).waitFor();
          assert.equal(await scoredSeries(), ct.seriesUid);
          await visit.screenshot('active');
          await compute(page);
          assert.equal(await scoredSeries(), ct.seriesUid);
          assert.deepEqual(visit.errors, []);
        });
      } finally {
        await server.stop();
        await networks.stop();
        await remove();
      }
    },
  },
];
