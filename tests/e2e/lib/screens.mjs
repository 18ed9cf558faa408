import assert from 'node:assert/strict';
import path from 'node:path';
import { expectAccessible } from './accessibility.mjs';
import { cy, untilMasks, untilResult } from './aspects.mjs';
import { newReaderContext } from './chromium.mjs';
import { serveFixtureNetworks } from './fixtureNetworks.mjs';
import { makeStore, ROOT, serveOhif } from './installation.mjs';
import { paintedStudy } from './paintedStudy.mjs';
import { BLEEDING, PAINTINGS } from './paintings.mjs';
import { downloadedResult } from './panel.mjs';
import { distancesTo, expectGoodScreen, PANEL, untilDrawn, USUAL_WINDOW, WINDOWS } from './readingScreen.mjs';
import { until } from './until.mjs';
import { RESULT, Visit } from './visit.mjs';

const NORMAL_HEAD = path.join(ROOT, 'demo-server/demo-studies/normal-old');
/** From the vertex's lower end to below the basal ganglia: what no painting reaches takes its time too. */
const SLICES = [4, 22];
const COMPUTE_TIMEOUT_MS = 180_000;
/** The host draws anew after a change of the window. */
export const SETTLE_MS = 500;

/** Name of a painting -> its study: all releases look at the same ones. */
const painted = new Map();

function screenStudy(name) {
  if (!painted.has(name)) {
    const options = { ...PAINTINGS[name], slices: SLICES, name: `SYNTHETIC^Painted ${name}` };
    painted.set(name, paintedStudy(NORMAL_HEAD, options));
  }
  return painted.get(name);
}

/**
 * A store with the painted studies of those names, the hand-made networks, and a viewer on both. `reader()`
 * is a browser without a past.
 */
export async function openScreens(ohif, browser, names) {
  const studies = {};
  for (const name of names) {
    studies[name] = await screenStudy(name);
  }
  const { store: dicom, remove } = await makeStore(Object.values(studies).map(({ folder }) => folder));
  const networks = await serveFixtureNetworks({ infarct: 'infarct-stack' });
  const server = await serveOhif({ ohif, source: { store: dicom }, extra: networks.appConfig({}) });
  const visits = [];
  return {
    studies,
    async reader(language = 'en-US') {
      const context = await newReaderContext(browser);
      await context.addInitScript(tag => localStorage.setItem('i18nextLng', tag), language);
      const visit = new Visit(await context.newPage(), server.url, `${ohif}-screen`);
      visits.push(visit);
      return visit;
    },
    async keepPicture() {
      await visits
        .at(-1)
        ?.screenshot('failed')
        .catch(() => undefined);
    },
    async close() {
      await Promise.all(visits.map(({ page }) => page.context().close()));
      await server.stop();
      await networks.stop();
      await remove();
    },
  };
}

/** The screen in windows of readers, kept as a picture and measured; axe looks at it once, if wanted. */
export async function expectGoodScreens(visit, name, { windows = WINDOWS, axe = true } = {}) {
  const { page } = visit;
  await page.mouse.move(5, 5);
  const problems = [];
  for (const size of windows) {
    await page.setViewportSize(size);
    await page.waitForTimeout(SETTLE_MS);
    await visit.screenshot(
      `${name}-${size.width}${size.height < USUAL_WINDOW.height ? `x${size.height}` : ''}`
    );
    await expectGoodScreen(page).catch(error => problems.push(`${size.width}: ${error.message}`));
  }
  await page.setViewportSize(USUAL_WINDOW);
  if (axe) {
    await expectAccessible(page, PANEL, name).catch(error => problems.push(error.message));
  }
  assert.deepEqual(problems, []);
}

const text = (page, handle) => page.locator(cy(handle)).innerText();

/** The one line names what the result says, of its side. @returns ids of the affected regions */
export async function expectNamed(page, side) {
  const { hemispheres, affectedSide } = await downloadedResult(page);
  assert.equal(affectedSide, side);
  const affected = hemispheres[side].regions.filter(region => region.affected);
  const named = page.locator(`${cy('aspects-affected')} > p > :not(.dasp-sr-only)`);
  assert.deepEqual(await named.allInnerTexts(), [
    side === 'left' ? 'Left' : 'Right',
    ...affected.map(({ id }) => id),
  ]);
  return affected.map(({ id }) => id);
}

/** Opens a study, computes, and waits for what the panel then has in the score's place. */
async function computed(visit, study, handle) {
  await visit.openMode(study.uid);
  await visit.page.locator(cy('aspects-compute')).click();
  await visit.page.locator(cy(handle)).waitFor({ timeout: COMPUTE_TIMEOUT_MS });
}

/** Slices of the studies are 5 mm apart: a point is in the nearest of them, or next to it. */
export const NEAR_MM = 5;

/** A level's column comes to show that point, bare above and with the overlay below. */
export async function expectColumnAt(page, level, point) {
  const panes = [`aspects-${level}-plain`, `aspects-${level}`];
  let distances;
  const what = () => `the column of the ${level} level is at ${point}, mm: ${JSON.stringify(distances)}`;
  await until(what, async () => {
    distances = await distancesTo(page, point);
    return panes.every(id => distances[id] <= NEAR_MM);
  });
}

/** Handles of what the panel warns of. */
const warnedOf = page =>
  page
    .locator('[data-cy^="aspects-unfold-warning-"]')
    .evaluateAll(all => all.map(({ dataset }) => dataset.cy.replace('aspects-unfold-warning-', '')));
const WARNINGS_OF_LEFT = ['LOSSY_COMPRESSION', 'THICK_SLICES'];

const expectWarnings = async page => assert.deepEqual(await warnedOf(page), WARNINGS_OF_LEFT);

/** Regions that are told or drawn as affected, anywhere on the screen. */
export const affectedShown = page =>
  page.locator('[data-affected="true"], [data-region][aria-checked="true"]').count();

/** The reader takes M5 back: it is told next to the score, and counts. @returns the new score */
export async function takeBackM5(page, affected) {
  await page.locator(cy('aspects-schematic-M5-left')).click();
  await page.locator(cy('aspects-reader-changes')).filter({ hasText: 'M5 L normal' }).waitFor();
  const remaining = affected.filter(id => id !== 'M5');
  assert.deepEqual(await expectNamed(page, 'left'), remaining);
  assert.equal(await text(page, 'aspects-score'), String(10 - remaining.length));
  await expectWarnings(page);
  return 10 - remaining.length;
}

/** What was stored stands in the study browser, once and described, without a reload. */
export async function expectInStudyBrowser(page, score) {
  const described = `ASPECTS ${score} left, acute \\d+ ml, changed by the reader`;
  const wanted = [
    /^CT: /,
    /^SEG: ASPECTS regions, /,
    RegExp(`^SR: ${described}`),
    RegExp(`^OT: ${described}`),
  ];
  await page.waitForFunction(() =>
    ['SEG', 'SR', 'OT'].every(modality =>
      window.services.displaySetService.getActiveDisplaySets().some(one => one.Modality === modality)
    )
  );
  const shown = await page.evaluate(() =>
    window.services.displaySetService
      .getActiveDisplaySets()
      .map(({ Modality, SeriesDescription }) => `${Modality}: ${SeriesDescription}`)
  );
  for (const pattern of wanted) {
    assert.equal(shown.filter(one => pattern.test(one)).length, 1, `${pattern} in ${shown}`);
  }
}

/**
 * Opened by a German reader, a study shows its stored result in the layout of a result, with the change of
 * the reader before and those masks.
 *
 * @returns the visit
 */
export async function expectRestored(screens, study, masks) {
  const visit = await screens.reader('de-DE');
  const { page } = visit;
  await visit.openMode(study.uid);
  await untilResult(page);
  await page.waitForFunction(
    ids => ids.every(id => window.services.viewportGridService.getState().viewports.has(id)),
    RESULT
  );
  await page.locator(cy('aspects-reader-changes')).filter({ hasText: 'M5 L normal' }).waitFor();
  await untilManyOutlines(page);
  await page.locator(cy('aspects-draft')).filter({ hasText: 'PACS' }).waitFor();
  await expectWarnings(page);
  await untilMasks(page, masks);
  assert.equal(await text(page, 'aspects-store'), 'Im PACS speichern');
  return visit;
}

export const untilManyOutlines = page =>
  page.waitForFunction(() => document.querySelectorAll('.dasp-outlines path').length > 8);

/** What a reader must find on the screen once a study of that painting is computed. */
export const READINGS = {
  /** Refused in words, without a score. */
  async phantom(visit, study) {
    const { page } = visit;
    await computed(visit, study, 'aspects-error');
    assert.equal(await page.locator(cy('aspects-error')).getAttribute('data-code'), 'NO_BRAIN');
    assert.equal(await page.locator(cy('aspects-score')).count(), 0);
  },

  async normal(visit, study) {
    const { page } = visit;
    await computed(visit, study, 'aspects-score');
    assert.equal(await text(page, 'aspects-side'), 'No affected region');
    assert.equal(await text(page, 'aspects-affected'), 'Faint early signs can be missed.');
    assert.equal(await affectedShown(page), 0);
  },

  async right(visit, study) {
    const { page } = visit;
    await computed(visit, study, 'aspects-score');
    await expectNamed(page, 'right');
    assert.ok((await affectedShown(page)) > 0);
  },

  /** A score of ten that does not stand alone. */
  async outside(visit, study) {
    const { page } = visit;
    await computed(visit, study, 'aspects-score');
    assert.equal(await text(page, 'aspects-score'), '10');
    assert.equal(await text(page, 'aspects-side'), 'No affected region');
    const told = /^\d+\.\d ml of acute infarct outside the ASPECTS regions: not part of the score\.$/;
    assert.match(await text(page, 'aspects-outside-mca'), told);
  },

  /** Has a line of its own and is not counted. */
  async old(visit, study) {
    const { page } = visit;
    await computed(visit, study, 'aspects-score');
    const { oldInfarct, score } = await downloadedResult(page);
    assert.ok(oldInfarct.rightMl - oldInfarct.leftMl > 5, JSON.stringify(oldInfarct));
    assert.equal(score, 10);
    await page.locator('.dasp-volumes').filter({ hasText: 'not counted' }).waitFor();
  },

  /** Stands in the place of score and regions, and the images show it. */
  async haemorrhage(visit, study) {
    const { page } = visit;
    await computed(visit, study, 'aspects-haemorrhage');
    assert.equal(await page.locator(cy('aspects-score')).count(), 0);
    await expectColumnAt(page, 'supraganglionic', BLEEDING.middle);
    await untilDrawn(page, 'aspects-supraganglionic', 3);
    assert.equal(await affectedShown(page), 0);
    assert.equal(await page.locator('.dasp-outlines path').count(), 0);
  },
};
