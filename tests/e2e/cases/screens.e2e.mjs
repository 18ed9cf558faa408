import assert from 'node:assert/strict';
import { PDFDocument } from '@cantoo/pdf-lib';
import { Fhir } from 'fhir';
import { expectAccessible, overflowing } from '../lib/accessibility.mjs';
import { compute, cy, downloadedFile, masksOf, middlesOfSides, store } from '../lib/aspects.mjs';
import { STROKE_BELOW } from '../lib/paintings.mjs';
import {
  BIG_ZOOM,
  countClicks,
  distancesTo,
  expectSides,
  LAPTOP_WINDOWS,
  PANEL,
  ringsOnWords,
  tabsTo,
  USUAL_WINDOW,
  WINDOWS,
} from '../lib/readingScreen.mjs';
import {
  affectedShown,
  expectColumnAt,
  expectGoodScreens,
  expectInStudyBrowser,
  expectNamed,
  expectRestored,
  NEAR_MM,
  openScreens,
  READINGS,
  SETTLE_MS,
  takeBackM5,
  untilManyOutlines,
} from '../lib/screens.mjs';
import { expectHeldKeyHides, expectJumps } from '../lib/steering.mjs';
import { READING, RESULT } from '../lib/visit.mjs';

const TIMEOUT_MS = 1_800_000;
/** Three clicks at most from the worklist to the score, one from there to the archive. */
const CLICKS = { score: 3, store: 1 };
/** Stops of the Tab key from the score to "Store in PACS", with the one question that may stand before it. */
const STOPS = 2;

const sidesOf = ids => Object.fromEntries(ids.map(id => [id, 'L']));

/** From the worklist to the archive and back. */
async function leftStroke(screens, check) {
  const reader = await screens.reader();
  const { page } = reader;
  const study = screens.studies.left;
  const clicks = await countClicks(page);
  let affected;
  await check('a left-sided stroke, in three clicks from the worklist', async () => {
    await reader.openWorklist(study.patientId);
    await reader.enterModeFromWorklist(study.patientId);
    await compute(page);
    assert.equal(clicks(), CLICKS.score);
    affected = await expectNamed(page, 'left');
    assert.ok(affected.includes('M2') && affected.includes('M5'), affected.join());
    await expectGoodScreens(reader, 'left', { windows: [...WINDOWS, ...LAPTOP_WINDOWS] });
  });

  await check('each pane says where left is, mirrored and turned too', async () => {
    const panes = sidesOf(RESULT);
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

  let score;
  let masks;
  await check("a reader's change is named next to the score", async () => {
    score = await takeBackM5(page, affected);
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
    assert.equal(observation.valueInteger, score);
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
    masks = await masksOf(page);
    await expectInStudyBrowser(page, score);
    assert.deepEqual(reader.errors, []);
    await page.context().close();
  });

  await check('another reader, a German one, has the same result restored, at its place', async () => {
    const other = await expectRestored(screens, study, masks);
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
    await READINGS.haemorrhage(visit, studies.haemorrhage);
    const elsewhere = await distancesTo(page, STROKE_BELOW.middle);
    assert.ok(elsewhere['aspects-ganglionic'] > NEAR_MM, JSON.stringify(elsewhere));
    await tabsTo(page, 'aspects-store', STOPS);
    await expectGoodScreens(visit, 'haemorrhage', { windows: [...WINDOWS, ...LAPTOP_WINDOWS] });
  });

  await check('dismissed by the reader, it gives way to both, and the images go to the infarct', async () => {
    await page.locator(cy('aspects-haemorrhage-dismiss')).press('Enter');
    await page.locator(cy('aspects-score')).waitFor();
    assert.equal(await page.locator(cy('aspects-haemorrhage')).count(), 0);
    await page.locator(cy('aspects-reader-changes')).filter({ hasText: 'haemorrhage excluded' }).waitFor();
    assert.equal(await page.locator('[data-cy="aspects-schematic"] [data-region]').count(), 20);
    await untilManyOutlines(page);
    assert.ok((await affectedShown(page)) > 0);
    await expectColumnAt(page, 'ganglionic', STROKE_BELOW.middle);
    await expectGoodScreens(visit, 'dismissed', { windows: [USUAL_WINDOW] });
  });

  await check('nothing is said in the console', () => assert.deepEqual(visit.errors, []));
}

/** They differ from others by words only, which are ours. */
const OTHERS = {
  phantom: 'a phantom is refused in words, without a score',
  right: 'a right-sided stroke',
  normal: 'a normal brain: no region is named',
  old: 'an old infarct has a line of its own and is not counted',
  outside: 'an infarct outside the regions is told next to a score of ten',
};

async function otherReadings(screens, check) {
  const visit = await screens.reader();
  for (const [name, title] of Object.entries(OTHERS)) {
    await check(title, async () => {
      await READINGS[name](visit, screens.studies[name]);
      await expectGoodScreens(visit, name);
    });
  }
  await check('nothing is said in the console', () => assert.deepEqual(visit.errors, []));
}

/**
 * On one page all screens that can differ between hosts: by what is drawn, moved and kept. How a result comes
 * back in another browser, `core.e2e.mjs` and `workflow.e2e.mjs` look at on these hosts.
 */
async function everyScreen(screens, check) {
  const { studies } = screens;
  const visit = await screens.reader();
  const { page } = visit;
  const without = { axe: false };
  let affected;
  await check('a left-sided stroke, left on the left', async () => {
    await visit.openMode(studies.left.uid);
    assert.deepEqual(await expectSides(page), sidesOf(READING));
    await compute(page);
    affected = await expectNamed(page, 'left');
    assert.deepEqual(await expectSides(page), sidesOf(RESULT));
    const { left, right } = await middlesOfSides(page);
    assert.ok(left > right + 20, `left at x = ${left.toFixed(0)} mm, right at ${right.toFixed(0)} mm`);
    await expectGoodScreens(visit, 'left', without);
  });

  await check('a jump moves the column of its level; a held key hides the overlay', async () => {
    await expectJumps(visit, region =>
      page.locator(cy(`aspects-schematic-${region}-left`)).click({ modifiers: ['Shift'] })
    );
    await expectHeldKeyHides(page);
  });

  await check("a reader's change, stored: the study browser has it without a reload", async () => {
    const score = await takeBackM5(page, affected);
    await expectGoodScreens(visit, 'changed');
    await store(page, 'stored');
    await expectInStudyBrowser(page, score);
  });

  await check('a suspected haemorrhage', async () => {
    await READINGS.haemorrhage(visit, studies.haemorrhage);
    await expectGoodScreens(visit, 'haemorrhage', without);
  });

  await check('nothing is said in the console', () => assert.deepEqual(visit.errors, []));
}

/** On this release the whole way, in parts, each for a while that a busy machine can spare. */
const WHOLE_WAY = '3.12.10';
const PARTS = [
  {
    name: 'a stroke, from the worklist to the archive and back',
    ohif: [WHOLE_WAY],
    read: leftStroke,
    of: ['left'],
  },
  {
    name: 'a haemorrhage, suspected and dismissed',
    ohif: [WHOLE_WAY],
    read: haemorrhage,
    of: ['haemorrhage'],
  },
  {
    name: 'a phantom, a normal brain, a right-sided stroke, an old infarct, one outside the regions',
    ohif: [WHOLE_WAY],
    read: otherReadings,
    of: Object.keys(OTHERS),
  },
  {
    name: 'those that hosts can differ in, on every other host',
    allBut: WHOLE_WAY,
    read: everyScreen,
    of: ['left', 'haemorrhage'],
  },
];

export default PARTS.map(({ name, read, of, ...hosts }) => ({
  name: `screens, as a radiologist sees them: ${name}`,
  ...hosts,
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
