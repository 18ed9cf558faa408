import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { untilResult, row } from '../lib/aspects.mjs';
import { derivedStudy } from '../lib/derivedStudy.mjs';
import { recordOverlayFrames, takeFrames, untilColoured } from '../lib/overlayFrames.mjs';
import { compute } from '../lib/panel.mjs';

/** Both levels: a study that any machine scores in seconds. */
const SLICES = ['009.dcm', '011.dcm', '013.dcm', '015.dcm'];
/** Shares of the looked-at pixels. Sulci and ventricles are as dark as a mask without colours would be. */
const BLACK = 0.5;
const COLOURED = 0.5;

const describe = ({ viewportId, slice, dark, coloured }) =>
  `${viewportId}, slice ${slice}: ${Math.round(100 * dark)} % black, ${Math.round(100 * coloured)} % coloured`;

/** Every drawn frame shows a slice with coloured regions or, for a moment, without any: never under black ones. */
async function assertNeverBlack(page, viewportCount) {
  await untilColoured(page, viewportCount, COLOURED);
  const frames = await takeFrames(page);
  assert.deepEqual(frames.filter(({ dark }) => dark > BLACK).map(describe), []);
}

export default [
  {
    name: 'no frame of the overlay is drawn before its colours',
    timeoutMs: 300_000,
    async run(visit, { check, store, studies }) {
      const { page } = visit;
      const study = await derivedStudy(studies.demo.folder, SLICES, '75');
      await store.readInPlace(study.folder);
      await recordOverlayFrames(page);
      await visit.openMode(study.uid);

      await check('after a result, in all four viewports', async () => {
        await compute(page);
        await assertNeverBlack(page, 4);
      });

      await check('after a jump', async () => {
        for (const region of ['M5', 'L']) {
          const [{ index }] = await visit.viewports();
          await page.locator(row(region, 'left')).click();
          await page.waitForFunction(
            before => window.cornerstone.getEnabledElements()[0].viewport.getCurrentImageIdIndex() !== before,
            index,
            { timeout: 10_000 }
          );
          await assertNeverBlack(page, 4);
        }
      });

      await check('after reopening', async () => {
        page.on('dialog', dialog => dialog.accept().catch(() => undefined));
        await page.reload();
        await visit.untilReady();
        await untilResult(page);
        await assertNeverBlack(page, 2);
        assert.deepEqual(visit.errors, []);
      });
      await rm(study.folder, { recursive: true });
    },
  },
];
