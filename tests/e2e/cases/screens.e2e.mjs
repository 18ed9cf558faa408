import assert from 'node:assert/strict';
import path from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import { Fhir } from 'fhir';
import { expectAccessible, overflowing } from '../lib/accessibility.mjs';
import { compute, cy, downloadedFile, store, untilResult } from '../lib/aspects.mjs';
import { newReaderContext } from '../lib/chromium.mjs';
import { serveFixtureNetworks } from '../lib/fixtureNetworks.mjs';
import { makeStore, ROOT, serveOhif } from '../lib/installation.mjs';
import { paintedStudy } from '../lib/paintedStudy.mjs';
import { BLEEDING, PAINTINGS, STROKE_BELOW } from '../lib/paintings.mjs';
import { downloadedResult } from '../lib/panel.mjs';
import {
  BIG_ZOOM,
  countClicks,
  distancesTo,
  expectGoodScreen,
  expectSides,
  LAPTOP_WINDOWS,
  PANEL,
  ringsOnWords,
  tabsTo,
  untilDrawn,
  USUAL_WINDOW,
  WINDOWS,
} from '../lib/readingScreen.mjs';
import { until } from '../lib/until.mjs';
import { RESULT, Visit } from '../lib/visit.mjs';

const NORMAL_HEAD = path.join(ROOT, 'demo-server/demo-studies/normal-old');
const TIMEOUT_MS = 1_800_000;
const COMPUTE_TIMEOUT_MS = 180_000;
/** The host draws anew after a change of the window. */
const SETTLE_MS = 500;
/** Three clicks at most from the worklist to the score, one from there to the archive. */
const CLICKS = { score: 3, store: 1 };
/** Stops of the Tab key from the score to "Store in PACS", with the one question that may stand before it. */
const STOPS = 2;

/**
 * A store with the painted studies of those names, the hand-made networks, and a viewer on both. `reader()`
 * is a browser without a past.
 */
async function openScreens(ohif, browser, names) {
  const studies = {};
  for (const name of names) {
    studies[name] = await paintedStudy(NORMAL_HEAD, {
      ...PAINTINGS[name],
      name: `SYNTHETIC^Painted ${name}`,
    });
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

/** The screen in windows of readers, kept as a picture and measured; axe looks at it once. */
async function expectGoodScreens(visit, name, windows = WINDOWS) {
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
  await expectAccessible(page, PANEL, name).catch(error => problems.push(error.message));
  assert.deepEqual(problems, []);
}

const text = (page, handle) => page.locator(cy(handle)).innerText();
const REGION_NAMES = { C: 'Caudate', L: 'Lentiform', IC: 'Int. capsule', I: 'Insula' };

/** The one line names what the result says, of its side. @returns ids of the affected regions */
async function expectNamed(page, side) {
  const { hemispheres, affectedSide } = await downloadedResult(page);
  assert.equal(affectedSide, side);
  const affected = hemispheres[side].regions.filter(region => region.affected);
  const names = affected.map(({ id }) => REGION_NAMES[id] ?? id).join(', ');
  assert.equal(
    (await text(page, 'aspects-affected')).replace(/\s+/g, ' ').trim(),
    `${side === 'left' ? 'Left' : 'Right'} ${names}`
  );
  return affected.map(({ id }) => id);
}

/** Opens a study, computes, and waits for what the panel then has in the score's place. */
async function computed(visit, study, handle) {
  await visit.openMode(study.uid);
  await visit.page.locator(cy('aspects-compute')).click();
  await visit.page.locator(cy(handle)).waitFor({ timeout: COMPUTE_TIMEOUT_MS });
}

/** Slices of the studies are 5 mm apart: a point is in the nearest of them, or next to it. */
const NEAR_MM = 5;

/** A level's column comes to show that point, bare above and with the overlay below. */
async function expectColumnAt(page, level, point) {
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

/** Regions that are told or drawn as affected, anywhere on the screen. */
const affectedShown = page =>
  page.locator('[data-affected="true"], [data-region][aria-checked="true"]').count();

/** Series that the study browser has, as "modality: description". */
const descriptionsShown = page =>
  page.evaluate(() =>
    window.services.displaySetService
      .getActiveDisplaySets()
      .map(({ Modality, SeriesDescription }) => `${Modality}: ${SeriesDescription}`)
  );

/** From the worklist to the archive and back. */
async function leftStroke(screens, check) {
  const reader = await screens.reader();
  const { page } = reader;
  const { patientId, uid } = screens.studies.left;
  const clicks = await countClicks(page);
  let affected;
  await check('a left-sided stroke, in three clicks from the worklist', async () => {
    await reader.openWorklist(patientId);
    await reader.enterModeFromWorklist(patientId);
    await compute(page);
    assert.equal(clicks(), CLICKS.score);
    affected = await expectNamed(page, 'left');
    assert.ok(affected.includes('M2') && affected.includes('M5'), affected.join());
    await expectGoodScreens(reader, 'left', [...WINDOWS, ...LAPTOP_WINDOWS]);
  });

  await check('each pane says where left is, mirrored and turned too', async () => {
    const panes = Object.fromEntries(RESULT.map(id => [id, 'L']));
    assert.deepEqual(await expectSides(page), panes);
    const [viewportId, turned] = RESULT.slice(2);
    await page.evaluate(
      ([mirrored, other]) => {
        window.commandsManager.runCommand('flipViewportHorizontal', { viewportId: mirrored });
        window.commandsManager.runCommand('rotateViewportCW', { viewportId: other });
      },
      [viewportId, turned]
    );
    await page.waitForTimeout(SETTLE_MS);
    await reader.screenshot('left-mirrored-and-turned');
    const { [viewportId]: right, [turned]: front } = await expectSides(page);
    assert.equal(right, 'R');
    assert.match(front, /^[AP]/);
    await page.evaluate(
      ([mirrored, other]) => {
        window.commandsManager.runCommand('flipViewportHorizontal', { viewportId: mirrored });
        window.commandsManager.runCommand('rotateViewportCCW', { viewportId: other });
      },
      [viewportId, turned]
    );
    assert.deepEqual(await expectSides(page), panes);
  });

  const remaining = () => affected.filter(id => id !== 'M5');
  await check("a reader's change is named next to the score", async () => {
    await page.locator(cy('aspects-schematic-M5-left')).click();
    await page.locator(cy('aspects-reader-changes')).filter({ hasText: 'M5 L normal' }).waitFor();
    assert.deepEqual(await expectNamed(page, 'left'), remaining());
    assert.equal(await text(page, 'aspects-score'), String(10 - remaining().length));
    assert.deepEqual(await warnedOf(page), WARNINGS_OF_LEFT);
    await expectGoodScreens(reader, 'changed');
  });

  await check('all that is folded opens and closes with Enter, and axe finds nothing in it', async () => {
    const folds = page.locator(`${PANEL} details`);
    const open = () => folds.evaluateAll(all => all.filter(fold => fold.open).length);
    const pressAll = async () => {
      for (const summary of await folds.locator('> summary').all()) {
        await summary.press('Enter');
      }
    };
    await pressAll();
    assert.equal(await open(), await folds.count());
    await expectAccessible(page, PANEL, 'unfolded');
    assert.deepEqual(await ringsOnWords(page), []);
    await reader.screenshot('unfolded');
    await pressAll();
    assert.equal(await open(), 0);
  });

  await check('the files that it hands out are a PDF with pages, and a FHIR Observation', async () => {
    const pdf = await downloadedFile(page, 'pdf');
    assert.match(pdf.name, /^aspects-.*\.pdf$/);
    const pages = (await PDFDocument.load(pdf.bytes)).getPages();
    assert.ok(pages.length > 0 && pages.every(one => one.getWidth() > 500), `${pages.length} pages`);
    // Pictures, not empty paper.
    assert.ok(pdf.bytes.length > 50_000, `${pdf.bytes.length} bytes`);

    const fhir = await downloadedFile(page, 'fhir');
    assert.match(fhir.name, /^aspects-.*\.fhir\.json$/);
    const observation = JSON.parse(fhir.bytes.toString());
    assert.equal(observation.resourceType, 'Observation');
    assert.equal(observation.valueInteger, 10 - remaining().length);
    const { messages } = new Fhir().validate(observation, { errorOnUnexpected: true });
    assert.deepEqual(
      messages.filter(({ severity }) => severity === 'error' || severity === 'fatal'),
      []
    );
    clicks();
  });

  await check('one click stores it, and the study browser has it without a reload', async () => {
    await store(page, 'stored');
    assert.equal(clicks(), CLICKS.store);
    const described = `ASPECTS ${10 - remaining().length} left, acute \\d+ ml, changed by the reader`;
    const wanted = [/^SEG: ASPECTS regions, /, RegExp(`^SR: ${described}`), RegExp(`^OT: ${described}`)];
    await page.waitForFunction(() =>
      ['SEG', 'SR', 'OT'].every(modality =>
        window.services.displaySetService.getActiveDisplaySets().some(one => one.Modality === modality)
      )
    );
    const shown = await descriptionsShown(page);
    for (const pattern of [...wanted, /^CT: /]) {
      assert.equal(shown.filter(one => pattern.test(one)).length, 1, `${pattern} in ${shown}`);
    }
    assert.deepEqual(reader.errors, []);
    await page.context().close();
  });

  await check('another reader, a German one, has the same result restored, at its place', async () => {
    const other = await screens.reader('de-DE');
    await other.openMode(uid);
    await untilResult(other.page);
    await other.page.waitForFunction(
      ids => ids.every(id => window.services.viewportGridService.getState().viewports.has(id)),
      RESULT
    );
    await other.page.locator(cy('aspects-reader-changes')).filter({ hasText: 'M5 L normal' }).waitFor();
    await other.page.waitForFunction(() => document.querySelectorAll('.dasp-outlines path').length > 8);
    assert.deepEqual(await warnedOf(other.page), WARNINGS_OF_LEFT);
    await expectGoodScreens(other, 'restored');
    await other.page.setViewportSize(BIG_ZOOM);
    await other.page.waitForTimeout(SETTLE_MS);
    await other.screenshot('restored-200-percent');
    assert.deepEqual(await overflowing(other.page, PANEL, { unfolded: true }), []);
    assert.deepEqual(other.errors, []);
    await other.page.context().close();
  });
}

async function haemorrhage(screens, check) {
  const { studies } = screens;
  const visit = await screens.reader();
  const { page } = visit;
  await check('a suspected haemorrhage stands in the place of score and regions', async () => {
    await computed(visit, studies.haemorrhage, 'aspects-haemorrhage');
    assert.equal(await page.locator(cy('aspects-score')).count(), 0);
    await expectColumnAt(page, 'supraganglionic', BLEEDING.middle);
    const elsewhere = await distancesTo(page, STROKE_BELOW.middle);
    assert.ok(elsewhere['aspects-ganglionic'] > NEAR_MM, JSON.stringify(elsewhere));
    await tabsTo(page, 'aspects-store', STOPS);
    await untilDrawn(page, 'aspects-supraganglionic', 3);
    await expectGoodScreens(visit, 'haemorrhage', [...WINDOWS, ...LAPTOP_WINDOWS]);
    assert.equal(await affectedShown(page), 0);
    assert.equal(await page.locator('.dasp-outlines path').count(), 0);
  });

  await check('dismissed by the reader, it gives way to both, and the images go to the infarct', async () => {
    await page.locator(cy('aspects-haemorrhage-dismiss')).press('Enter');
    await page.locator(cy('aspects-score')).waitFor();
    assert.equal(await page.locator(cy('aspects-haemorrhage')).count(), 0);
    assert.equal(await page.locator('[data-cy="aspects-schematic"] [data-region]').count(), 20);
    await page.waitForFunction(() => document.querySelectorAll('.dasp-outlines path').length > 8);
    assert.ok((await affectedShown(page)) > 0);
    await expectColumnAt(page, 'ganglionic', STROKE_BELOW.middle);
    await expectGoodScreens(visit, 'dismissed', [USUAL_WINDOW]);
  });

  await check('nothing is said in the console', () => assert.deepEqual(visit.errors, []));
}

async function otherReadings(screens, check) {
  const { studies } = screens;
  const visit = await screens.reader();
  const { page } = visit;
  await check('a phantom is refused in words, without a score', async () => {
    await computed(visit, studies.phantom, 'aspects-error');
    assert.equal(await page.locator(cy('aspects-error')).getAttribute('data-code'), 'NO_BRAIN');
    assert.equal(await page.locator(cy('aspects-score')).count(), 0);
    await expectGoodScreens(visit, 'refused');
  });

  await check('a normal brain: no region is named', async () => {
    await computed(visit, studies.normal, 'aspects-score');
    assert.match(await text(page, 'aspects-affected'), /^No affected region found\./);
    assert.equal(await affectedShown(page), 0);
    await expectGoodScreens(visit, 'normal');
  });

  await check('a right-sided stroke', async () => {
    await computed(visit, studies.right, 'aspects-score');
    await expectNamed(page, 'right');
    assert.ok((await affectedShown(page)) > 0);
    await expectGoodScreens(visit, 'right');
  });

  await check('an old infarct has a line of its own and is not counted', async () => {
    await computed(visit, studies.old, 'aspects-score');
    const { oldInfarct, score } = await downloadedResult(page);
    assert.ok(oldInfarct.rightMl - oldInfarct.leftMl > 5, JSON.stringify(oldInfarct));
    assert.equal(score, 10);
    await page.locator('.dasp-volumes').filter({ hasText: 'not counted' }).waitFor();
    await expectGoodScreens(visit, 'old');
  });

  await check('nothing is said in the console', () => assert.deepEqual(visit.errors, []));
}

/** In parts, each for a while that a busy machine can spare. */
const PARTS = [
  { name: 'a stroke, from the worklist to the archive and back', read: leftStroke, of: ['left'] },
  { name: 'a haemorrhage, suspected and dismissed', read: haemorrhage, of: ['haemorrhage'] },
  {
    name: 'a phantom, a normal brain, a right-sided stroke, an old infarct',
    read: otherReadings,
    of: ['phantom', 'normal', 'right', 'old'],
  },
];

export default PARTS.map(({ name, read, of }) => ({
  name: `screens, as a radiologist sees them: ${name}`,
  usualHost: '3.12.10',
  timeoutMs: TIMEOUT_MS,
  async run(opened, { check, ohif }) {
    const screens = await openScreens(ohif, opened.page.context().browser(), of);
    try {
      await read(screens, check);
    } catch (error) {
      await screens.keepPicture();
      throw error;
    } finally {
      await screens.close();
    }
  },
}));
