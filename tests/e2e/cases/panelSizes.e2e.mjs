import assert from 'node:assert/strict';
import { overflowing } from '../lib/accessibility.mjs';
import { REGIONS, unfold, untilResult } from '../lib/aspects.mjs';
import { twoSliceStudy } from '../lib/derivedStudy.mjs';
import { compute, cy } from '../lib/panel.mjs';
import { until } from '../lib/until.mjs';

const PANEL = cy('aspects-panel');
/**
 * Smallest drawing in which regions can be told apart and hit, and smallest label that can be
 * read, CSS pixels.
 */
const SMALLEST_DRAWING = 90;
const SMALLEST_LABEL = 5;
/** Of text, CSS pixels. */
const SMALLEST_TEXT = 11;

/** Windows of readers; at 200 % a window has half as many CSS pixels. */
const SIZES = [
  { width: 1280, height: 720 },
  { width: 1600, height: 900 },
  { width: 1920, height: 1080 },
  { width: 800, height: 450, zoom: '200 %' },
];

/** What the layout of the result comes to, CSS pixels. */
function measure(page) {
  return page.evaluate(root => {
    const panel = document.querySelector(root);
    const box = element => element.getBoundingClientRect();
    const all = selector => [...panel.querySelectorAll(selector)];
    const rowsOf = side => all(`[data-cy^="aspects-region-"][data-cy$="-${side}"]`).map(row => box(row));
    return {
      // What scrolls stands above the footer, which stays.
      scrollbar: Math.max(
        ...[panel, ...all('*')]
          .filter(part => /auto|scroll/.test(getComputedStyle(part).overflowY))
          .map(part => part.offsetWidth - part.clientWidth)
      ),
      drawings: all('[data-cy="aspects-schematic"] svg').map(svg => [box(svg).width, box(svg).height]),
      shapes: all('[data-cy="aspects-schematic"] [data-region]').map(shape => box(shape).width),
      labels: all('[data-cy="aspects-schematic"] [data-region] text').map(text => box(text).height),
      right: rowsOf('right').map(({ left, top }) => ({ left, top })),
      left: rowsOf('left').map(({ left, top }) => ({ left, top })),
    };
  }, PANEL);
}

/** Of the panel, in hosts whose own scrollbar takes 15 px of it, CSS pixels. */
const NARROWEST = 249;

/** Sets the regions of the patient's right by the command that the panel runs. */
function setRight(page, ids, affected) {
  return page.evaluate(
    ([regions, isAffected]) => {
      for (const region of regions) {
        const options = { region, side: 'right', affected: isAffected };
        window.commandsManager.runCommand('setRegionAffected', options, 'DEEP_ASPECTS');
      }
    },
    [ids, affected]
  );
}

/** Regions of a side, each changed by the reader, in one line that can be read, at each size. */
async function expectOneLine(visit, side, ids = REGIONS) {
  const { page } = visit;
  const line = page.locator(`${cy('aspects-affected')} > p`).filter({ hasText: side });
  const regions = line.locator('[data-source="reader"]');
  await until(
    () => `${ids} are named on the ${side}`,
    async () => (await regions.allInnerTexts()).join() === ids.join()
  );
  for (const { zoom, ...size } of SIZES) {
    await page.setViewportSize(size);
    await page.waitForTimeout(500);
    await visit.screenshot(`${ids.length}-regions-${side}-${zoom ? 'zoomed' : size.width}`);
    for (const widest of ['none', `${NARROWEST}px`]) {
      await page.locator(PANEL).evaluate((panel, width) => (panel.style.maxWidth = width), widest);
      const { tops, sizePx, sticksOut } = await line.evaluate(one => ({
        tops: [...new Set([...one.querySelectorAll('[data-source]')].map(part => part.offsetTop))],
        sizePx: parseFloat(getComputedStyle(one).fontSize),
        sticksOut: one.scrollWidth - one.clientWidth,
      }));
      const where = `${side}, ${size.width} px, panel ${widest}`;
      assert.equal(tops.length, 1, `${where}: lines at ${tops} px`);
      assert.ok(
        sizePx >= SMALLEST_TEXT && sticksOut <= 0,
        `${where}: ${sizePx} px, ${sticksOut} px too wide`
      );
    }
    await page.locator(PANEL).evaluate(panel => panel.style.removeProperty('max-width'));
  }
}

export default [
  {
    name: 'the result in a panel with a scrollbar',
    ohif: ['3.12.10'],
    async run(visit, { check, store, studies }) {
      const { page } = visit;
      const study = await twoSliceStudy(studies.demo.folder, store, '80');
      await visit.openMode(study);
      await compute(page);
      await unfold(page);
      for (const { zoom, ...size } of SIZES) {
        const name = zoom ?? `${size.width} px`;
        await check(`is whole at ${name}`, async () => {
          await page.setViewportSize(size);
          await page.waitForTimeout(500);
          const { scrollbar, drawings, shapes, labels, right, left } = await measure(page);
          await visit.screenshot(`panel-${name.replace(/\W+/g, '-')}`);
          assert.ok(scrollbar > 0, 'this browser has no scrollbars');
          assert.equal(drawings.length, 2);
          assert.ok(Math.min(...drawings.flat()) >= SMALLEST_DRAWING, `drawings ${JSON.stringify(drawings)}`);
          assert.equal(shapes.length, 20);
          assert.ok(Math.min(...shapes) > 0 && Math.min(...labels) >= SMALLEST_LABEL, `labels ${labels}`);
          assert.deepEqual(
            left.map(({ top }) => top),
            right.map(({ top }) => top)
          );
          assert.equal(left.length, 10);
          assert.ok(left.every((row, index) => row.left > right[index].left));
          assert.deepEqual(await overflowing(page, PANEL), []);
        });
      }
      await check('names ten affected regions in one line, those of the reader marked', async () => {
        await setRight(page, REGIONS, true);
        await expectOneLine(visit, 'Right');
      });
      await check('names them in one line in German', async () => {
        page.on('dialog', dialog => dialog.accept().catch(() => undefined));
        // The host keeps the language there too.
        await page.context().clearCookies();
        await page.addInitScript(() => localStorage.setItem('i18nextLng', 'de-DE'));
        await visit.openMode(study);
        await untilResult(page);
        await expectOneLine(visit, 'Rechts');
        const nuclei = REGIONS.slice(0, 4);
        await setRight(page, nuclei, false);
        await expectOneLine(visit, 'Rechts', REGIONS.slice(nuclei.length));
      });
    },
  },
];
