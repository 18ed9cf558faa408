import assert from 'node:assert/strict';
import { downloadedResult } from './panel.mjs';
import { RESULT } from './visit.mjs';

/** Time in which what must not move would have. */
const REST_MS = 500;
/** A region of each level, and which panes of the result show that level. */
const JUMPS = [
  ['M5', [1, 3]],
  ['M1', [0, 2]],
];

/** Index of a left region's key slice in the viewports' order. */
async function keySliceOf(page, region) {
  const { hemispheres } = await downloadedResult(page);
  const { keySlice } = hemispheres.left.regions.find(({ id }) => id === region);
  return page.evaluate(uid => {
    const { viewport } = window.cornerstone.getEnabledElementByViewportId('aspects-ganglionic');
    return viewport
      .getImageIds()
      .findIndex(imageId => window.cornerstone.metaData.get('instance', imageId).SOPInstanceUID === uid);
  }, keySlice);
}

/**
 * `jump(region)`, an action on a region of the left, moves the column of that region's level to its slice,
 * from a slice away, and the other column not at all.
 */
export async function expectJumps(visit, jump) {
  const { page } = visit;
  for (const [region, moved] of JUMPS) {
    const key = await keySliceOf(page, region);
    await page.evaluate(
      ([id, index]) => window.cornerstone.getEnabledElementByViewportId(id).viewport.setImageIdIndex(index),
      [RESULT[moved[1]], key + 1]
    );
    await untilAt(page, moved, key + 1);
    const before = (await visit.viewports()).map(({ index }) => index);
    await jump(region);
    await untilAt(page, moved, key);
    await page.waitForTimeout(REST_MS);
    const after = (await visit.viewports()).map(({ index }) => index);
    assert.deepEqual(
      after,
      before.map((index, i) => (moved.includes(i) ? key : index)),
      region
    );
  }
}

/** Waits until those panes show that slice: those of a column are scrolled together. */
function untilAt(page, panes, index) {
  return page.waitForFunction(
    ([ids, wanted]) =>
      ids.every(
        id =>
          window.cornerstone.getEnabledElementByViewportId(id).viewport.getCurrentImageIdIndex() === wanted
      ),
    [panes.map(i => RESULT[i]), index]
  );
}

/** The key for the overlay hides it while it is held, and no longer. */
export async function expectHeldKeyHides(page) {
  const until = count =>
    page.waitForFunction(wanted => document.querySelectorAll('.dasp-outlines path').length === wanted, count);
  const shown = await page.locator('.dasp-outlines path').count();
  assert.ok(shown > 0, 'nothing to hide');
  await page.keyboard.down('o');
  await until(0);
  await page.keyboard.up('o');
  await until(shown);
}
