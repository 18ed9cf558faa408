import assert from 'node:assert/strict';
import { expectAccessible, controlsIn, overflowing, tabThrough, tabTo } from '../lib/accessibility.mjs';
import { storedReports } from '../lib/archive.mjs';
import { compute, correct, cy, readResult, row, store, untilResult } from '../lib/aspects.mjs';
import { READER_WINDOW } from '../lib/chromium.mjs';
import { twoSlices } from '../lib/derivedStudy.mjs';
import { openReadingRoom } from '../lib/readingRoom.mjs';
import { until } from '../lib/until.mjs';

const PANEL = cy('aspects-panel');
const MIRROR = cy('aspects-mirror-view');

/** The archive's misbehaviour, and what a reader is to be told of it. */
const FAILURES = [
  [401, /The login has expired\. Log in again\./],
  [409, /a conflict with what it already holds/],
  [413, /too large for the PACS/],
  [500, /reported an internal error/],
  ['cut', /did not answer, or the connection broke/],
  ['hang', /did not answer in time/],
];

/** Counts of our objects in the archive. */
async function held(room, study) {
  const { SEG, SR } = await storedReports(room.dicomWeb, study.uid);
  return { SEG: SEG.length, SR: SR.length };
}

async function press(page, handle, key) {
  await tabTo(page, handle);
  await page.keyboard.press(key);
}

const regionState = async (page, region, side) => {
  const { affected, source } = await page
    .locator(row(region, side))
    .evaluate(({ dataset }) => ({ ...dataset }));
  return { affected, source };
};

const focusPanelTop = page =>
  page.evaluate(root => document.querySelector(root).querySelector('button').focus(), PANEL);

const slicesShown = page =>
  page.evaluate(() =>
    [...window.services.viewportGridService.getState().viewports.keys()].map(id =>
      window.services.cornerstoneViewportService.getCornerstoneViewport(id)?.getCurrentImageIdIndex()
    )
  );

/** Everything that the result offers, by keyboard alone, in the order in which Tab comes to it. */
async function useByKeyboard(page) {
  await focusPanelTop(page);
  const before = await regionState(page, 'M1', 'right');
  const slices = await slicesShown(page);

  await tabTo(page, 'aspects-schematic-C-right');
  for (let step = 0; step < 4; step++) {
    await page.keyboard.press('ArrowRight');
  }
  await page.keyboard.press('Space');
  await page.locator(`${row('M1', 'right')}[data-source="reader"]`).waitFor({ state: 'attached' });
  await page.keyboard.press('Enter');
  await page.locator(`${row('M1', 'right')}[data-source="model"]`).waitFor({ state: 'attached' });
  await press(page, 'aspects-unfold-regions', 'Enter');

  await tabTo(page, 'aspects-region-M1-right');
  await page.keyboard.press('Enter');
  await page.locator(`${row('M1', 'right')} [aria-current="true"]`).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.locator(`${row('M1', 'right')}[data-source="reader"]`).waitFor();
  assert.notEqual((await regionState(page, 'M1', 'right')).affected, before.affected);
  await press(page, 'aspects-undo-M1-right', 'Enter');
  await page.locator(`${row('M1', 'right')}[data-source="model"]`).waitFor();

  await focusPanelTop(page);
  await tabTo(page, 'aspects-region-M5-left');
  await page.keyboard.press('Enter');
  await page.waitForFunction(
    ([selector]) => document.querySelector(selector),
    [`${row('M5', 'left')} [aria-current="true"]`]
  );
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.locator(`${row('M5', 'left')}[data-source="reader"]`).waitFor();
  assert.notDeepEqual(await slicesShown(page), slices);

  await press(page, 'aspects-reset', 'Enter');
  await page.locator(cy('aspects-confirm')).waitFor();
  await expectAccessible(page, PANEL, 'asking');
  await page.keyboard.press('Escape');
  await page.locator(cy('aspects-confirm')).waitFor({ state: 'detached' });
  assert.equal((await regionState(page, 'M5', 'left')).source, 'reader');
  await useOverlayByKeyboard(page);
}

const selectedRegion = page =>
  page.locator(`${PANEL} [aria-current="true"]`).evaluate(button => button.closest('li').dataset.cy);

const untilSelected = (page, isWanted) =>
  until(
    () => 'the keys for the next and the previous region select it',
    async () => isWanted(await selectedRegion(page))
  );

async function useOverlayByKeyboard(page) {
  const overlay = () =>
    page.evaluate(() => ({
      visible: document.querySelector('[data-cy="aspects-overlay-visible"]').checked,
      only: document.querySelector('[data-cy="aspects-overlay-only"]').checked,
      opacity: Number(document.querySelector('[data-cy="aspects-overlay-opacity"]').value),
      mode: document.querySelector('[data-cy="aspects-overlay-mode"]').value,
    }));
  await focusPanelTop(page);
  await press(page, 'aspects-overlay-visible', 'Space');
  await press(page, 'aspects-overlay-mode', 'ArrowDown');
  await press(page, 'aspects-overlay-opacity', 'ArrowRight');
  await press(page, 'aspects-overlay-only', 'Space');
  assert.deepEqual(await overlay(), { visible: false, only: true, opacity: 20, mode: 'affected' });
  await page.locator(cy('aspects-overlay-only')).press('Space');
  // One key shows it again, wherever the focus is outside of a field.
  await page.locator(cy('aspects-next')).focus();
  await page.keyboard.press('Shift+O');
  await page.waitForFunction(() => document.querySelector('[data-cy="aspects-overlay-visible"]').checked);
  await page.keyboard.press('Enter');
  await page.locator(`${PANEL} [aria-current="true"]`).waitFor();
  const first = await selectedRegion(page);
  await page.keyboard.press('Shift+N');
  await untilSelected(page, region => region !== first);
  await page.keyboard.press('Shift+P');
  await untilSelected(page, region => region === first);
  await page.keyboard.press('Shift+S');
  await page.waitForFunction(
    () => document.querySelector('[data-cy="aspects-overlay-mode"]').value === 'infarct'
  );
  await page.keyboard.press('Shift+W');
  await page.waitForFunction(
    () => window.cornerstone.getEnabledElements()[0].viewport.getProperties().voiRange.upper > 70
  );
  await page.locator(cy('aspects-next')).focus();
  for (let step = 0; step < 3; step++) {
    await page.keyboard.press('ArrowRight');
  }
  assert.equal(await page.evaluate(() => document.activeElement.dataset.cy), 'aspects-levels');
  await page.keyboard.press('Enter');
  await press(page, 'aspects-unfold-about', 'Enter');
  await press(page, 'aspects-rescore', 'Enter');
  await useReportByKeyboard(page);
}

async function useReportByKeyboard(page) {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const notice = text => page.locator(cy('aspects-notice')).filter({ hasText: text }).waitFor();
  await focusPanelTop(page);
  await press(page, 'aspects-copy', 'Enter');
  await notice('Report copied.');
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /ASPECTS/);
  await press(page, 'aspects-unfold-files', 'Enter');
  await press(page, 'aspects-format', 'ArrowDown');
  const download = page.waitForEvent('download');
  await press(page, 'aspects-download', 'Enter');
  assert.match((await download).suggestedFilename(), /^aspects-(\d{8}-)?[\w-]+\.csv$/);
  await press(page, 'aspects-copy-short', 'Enter');
  await press(page, 'aspects-anonymous', 'Space');
  assert.ok(await page.locator(cy('aspects-anonymous')).isChecked());
  await focusPanelTop(page);
  await press(page, 'aspects-compute', 'Enter');
  await page.locator(cy('aspects-confirm')).waitFor();
  await page.keyboard.press('Enter');
  await page.locator(cy('aspects-confirm')).waitFor({ state: 'detached' });
}

/**
 * Makes every draft that this browser keeps too old, once there is one: it is written a moment after
 * the correction.
 */
const expireDrafts = page =>
  until(
    () => 'a draft is kept',
    async () => (await expireKeptDrafts(page)) > 0
  );

function expireKeptDrafts(page) {
  return page.evaluate(async () => {
    const settled = request =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await settled(indexedDB.open('deep-aspects'));
    const drafts = database.transaction('drafts', 'readwrite').objectStore('drafts');
    const kept = await settled(drafts.getAll());
    for (const draft of kept) {
      await settled(drafts.put({ ...draft, expiresAt: Date.now() - 1 }));
    }
    database.close();
    return kept.length;
  });
}

/** Opens the comparison by its key; it shows sides, changes slices and closes without a trace. */
async function compareSides(page, visit) {
  await page.locator(cy('aspects-next')).focus();
  await page.keyboard.press('Shift+M');
  await page.locator(MIRROR).waitFor();
  assert.deepEqual(await page.locator(`${MIRROR} .dasp-mirror-side`).allInnerTexts(), ['R', 'L', 'L', 'R']);
  const banner = page.getByText('MIRRORED: left and right swapped');
  assert.ok(await banner.isVisible());
  await expectAccessible(page, MIRROR, 'comparing');
  const first = await page.locator(cy('aspects-mirror-slice')).innerText();
  assert.match(first, /^I: \d+ \(\d+\/28\)$/);
  await page.keyboard.press('ArrowUp');
  await page.waitForFunction(
    ([selector, before]) => document.querySelector(selector).innerText !== before,
    [cy('aspects-mirror-slice'), first]
  );
  const compared = await page.locator(cy('aspects-mirror-slice')).innerText();
  const mirrored = await page.evaluate(root => {
    const [scanned, mirror] = [...document.querySelectorAll(`${root} canvas`)].map(
      canvas => canvas.getContext('2d').getImageData(0, 240, canvas.width, 1).data
    );
    const last = scanned.length / 4 - 1;
    const grey = scanned.filter((_, i) => i % 4 === 0);
    return {
      alike: grey.every((value, column) => mirror[(last - column) * 4] === value),
      contrast: Math.max(...grey) - Math.min(...grey),
    };
  }, MIRROR);
  assert.deepEqual(mirrored, { alike: true, contrast: 255 });
  await visit.screenshot('mirror');
  await page.keyboard.press('Escape');
  await page.locator(MIRROR).waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.dataset.cy), 'aspects-next');
  // The active viewport's column shows the slice compared last, and the pane itself calls it the same.
  await page.waitForFunction(
    name =>
      [...document.querySelectorAll('[data-cy="viewport-pane"]')].filter(pane =>
        pane.innerText.replace(/\s+/g, '').includes(name)
      ).length === 2,
    compared.replace(/\s+/g, '')
  );
}

export default [
  {
    name: 'the panel: accessible, by keyboard',
    ohif: ['3.12.10'],
    sources: ['orthanc'],
    timeoutMs: 300_000,
    async run(visit, { check, ohif, studies }) {
      const study = studies.headCt;
      const browser = visit.page.context().browser();
      const room = await openReadingRoom({ ohif, study, browser });
      try {
        const reader = await room.newReader();
        const { page } = reader;
        await reader.openMode(study.uid);

        await check('before, refused and running, axe finds nothing serious', async () => {
          await expectAccessible(page, PANEL, 'before');
          await page.route('**/model.onnx', route => route.abort());
          await page.locator(cy('aspects-compute')).click();
          await page.locator(cy('aspects-error')).waitFor();
          await expectAccessible(page, PANEL, 'refused');
          await page.unroute('**/model.onnx');
          let release = () => undefined;
          const held = new Promise(resolve => (release = resolve));
          await page.route('**/model.onnx', async route => {
            await held;
            await route.continue();
          });
          await page.locator(cy('aspects-compute')).click();
          await page.locator(cy('aspects-progress')).waitFor();
          await expectAccessible(page, PANEL, 'running');
          release();
          await untilResult(page);
        });

        await check(
          'with a result, axe finds nothing serious, at 200 % neither, and nothing is cut off',
          async () => {
            await expectAccessible(page, PANEL, 'result');
            assert.deepEqual(await overflowing(page, PANEL), []);
            assert.deepEqual(await overflowing(page, PANEL, { unfolded: true }), []);
            await page.setViewportSize({ width: 800, height: 450 });
            await expectAccessible(page, PANEL, 'result at 200 %');
            assert.deepEqual(await overflowing(page, PANEL), []);
            await reader.screenshot('200-percent');
            await page.setViewportSize(READER_WINDOW);
          }
        );

        await check('Tab reaches every control of the panel, once, in order', async () => {
          assert.deepEqual(await tabThrough(page, PANEL), await controlsIn(page, PANEL));
        });

        await check('every action is done by keyboard alone', () => useByKeyboard(page));

        await check('a slice is compared with its mirror image', () => compareSides(page, reader));
      } finally {
        await room.close();
      }
    },
  },
  {
    name: 'the panel: a failing PACS loses nothing',
    ohif: ['3.12.10'],
    sources: ['orthanc'],
    timeoutMs: 480_000,
    async run(visit, { check, ohif, studies }) {
      const study = await twoSlices(studies.demo.folder, '79');
      const browser = visit.page.context().browser();
      const settings = { storeTimeoutSeconds: 3 };
      const room = await openReadingRoom({ ohif, study, browser, settings });
      try {
        const reader = await room.newReader();
        const { page } = reader;
        await reader.openMode(study.uid);
        await compute(page);
        await correct(page, 'M2', 'right');
        const before = await readResult(page);
        for (const [fault, sentence] of FAILURES) {
          await check(
            `a PACS that answers with ${fault} loses nothing and is told as what it is`,
            async () => {
              room.door.faults = [fault];
              const message = await store(page, 'failed');
              assert.match(message, sentence);
              assert.match(message, /SR: not stored\..*Nothing is lost: try again\./);
              assert.deepEqual(await readResult(page), before);
              assert.equal(await page.locator(cy('aspects-draft')).getAttribute('data-unsaved'), 'true');
              assert.deepEqual(await held(room, study), { SEG: 0, SR: 0 });
            }
          );
        }
        await expectAccessible(page, PANEL, 'failed');
        await reader.screenshot('store-failed');

        await check('a stopped PACS is told, and nothing is lost', async () => {
          room.door.archiveStopped = true;
          assert.match(
            await store(page, 'failed'),
            /SEG: not stored\. SR: not stored\. The PACS did not answer/
          );
          room.door.archiveStopped = false;
        });

        await check(
          'cut after the SEG had arrived, the SR refused: half is stored, and said to be',
          async () => {
            room.door.faults = ['store-then-cut', 500];
            assert.match(await store(page, 'failed'), /^SEG: stored\. SR: not stored\./);
            assert.deepEqual(await held(room, study), { SEG: 1, SR: 0 });
          }
        );

        await check('the next try stores the rest: one SEG, one SR, and no more questions', async () => {
          await store(page, 'stored');
          assert.deepEqual(await held(room, study), { SEG: 1, SR: 1 });
          assert.equal(room.door.stored, 3);
          assert.deepEqual(await readResult(page), before);
          await expectAccessible(page, PANEL, 'stored');
        });

        await check(
          'leaving with unsaved changes warns; a draft that has expired is not restored',
          async () => {
            await correct(page, 'M4', 'right');
            await expireDrafts(page);
            const asked = [];
            page.on('dialog', dialog => {
              asked.push(dialog.type());
              dialog.accept().catch(() => undefined);
            });
            await page.reload();
            assert.deepEqual(asked, ['beforeunload']);
            await reader.untilReady();
            await untilResult(page);
            assert.match(await page.locator(cy('aspects-draft')).innerText(), /^From the PACS/);
            assert.deepEqual(await readResult(page), before);
            await correct(page, 'M4', 'right');
            await reader.leaveMode();
            await page.getByText('Your changes are not stored.').first().waitFor();
          }
        );
      } finally {
        await room.close();
      }
    },
  },
];
