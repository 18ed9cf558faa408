import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { correct, row, unfold, untilResult } from '../lib/aspects.mjs';
import { derivedStudy } from '../lib/derivedStudy.mjs';
import { countFrames, recordOverlayFrames, takeFrames, untilOutlined } from '../lib/overlayFrames.mjs';
import { compute } from '../lib/panel.mjs';
import { recordScreen } from '../lib/screenRecording.mjs';
import { expectHeldKeyHides } from '../lib/steering.mjs';
import { RESULT } from '../lib/visit.mjs';

/** Both levels: a study that any machine scores in seconds. */
const SLICES = ['009.dcm', '011.dcm', '013.dcm', '015.dcm'];
/** Longest pause between two of the overlay's own requests to the host, once it is seen. */
const REST_MS = 1500;
/** Share of the looked-at pixels. Sulci and ventricles are as dark as a mask without colours would be. */
const BLACK = 0.5;

const describe = ({ viewportId, slice, dark }) =>
  `${viewportId}, slice ${slice}: ${Math.round(100 * dark)} % black`;

/**
 * Every drawn frame shows a slice, never under black masks; the outlines that come to rest are
 * those of the slice.
 *
 * @returns how many frames were looked at
 */
async function assertNeverBlack(page) {
  await untilOutlined(page, RESULT);
  const frames = await takeFrames(page);
  assert.deepEqual(frames.filter(({ dark }) => dark > BLACK).map(describe), []);
  return frames.length;
}

export default [
  {
    name: 'no frame of the overlay is drawn before its colours, and outlines are those of their slice',
    // The slowest host, and one that builds its panes anew in fewer frames.
    ohif: ['3.12.10', '3.14.0-beta.6'],
    timeoutMs: 300_000,
    async run(visit, { check, store, studies }) {
      const { page } = visit;
      const study = await derivedStudy(studies.demo.folder, SLICES, '75');
      await store.readInPlace(study.folder);
      await recordOverlayFrames(page);
      const opened = await recordScreen(page);
      await visit.openMode(study.uid);

      await check('after a result, in all four viewports', async () => {
        await compute(page);
        assert.ok((await assertNeverBlack(page)) > 0, 'no frame was drawn');
      });

      await check('after a jump', async () => {
        await unfold(page);
        let seen = 0;
        for (const region of ['M5', 'L', 'M6', 'C']) {
          await page.locator(row(region, 'left')).click();
          await page.waitForTimeout(1000);
          seen += await assertNeverBlack(page);
        }
        assert.ok(seen > 0, 'no frame was drawn');
      });

      await check('after styles, window and a region were changed', async () => {
        await page.mouse.move(5, 5);
        // Once round, and back.
        for (const key of ['Shift+S', 'Shift+S', 'Shift+S', 'Shift+W', 'Shift+W']) {
          await page.keyboard.press(key);
          await page.waitForTimeout(300);
        }
        await page.waitForFunction(
          () =>
            document.querySelector('[data-cy="aspects-overlay-mode"]').value === 'regions' &&
            document.querySelector('.dasp-outlines path')
        );
        await expectHeldKeyHides(page);
        await correct(page, 'M6', 'right');
        assert.ok((await assertNeverBlack(page)) > 0, 'no frame was drawn');
      });

      await check('what is as it was is not drawn anew: a region is switched without a frame', async () => {
        await page.waitForTimeout(REST_MS);
        const drawn = await countFrames(page);
        await correct(page, 'M6', 'right');
        await page.waitForTimeout(REST_MS);
        assert.deepEqual(await drawn(), {});
      });

      await check('no pane was blank since the first picture, through all of that', () => opened.stop());

      let reopened;
      await check('after reopening', async () => {
        page.on('dialog', dialog => dialog.accept().catch(() => undefined));
        await page.goto('about:blank');
        reopened = await recordScreen(page);
        await visit.openMode(study.uid);
        await untilResult(page);
        assert.ok((await assertNeverBlack(page)) > 0, 'no frame was drawn');
        assert.deepEqual(visit.errors, []);
      });
      await check('no pane was blank while the result was restored', () => reopened.stop());
      await rm(study.folder, { recursive: true });
    },
  },
];
