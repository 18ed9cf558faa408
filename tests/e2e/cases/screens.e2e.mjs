import assert from 'node:assert/strict';
import path from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import { Fhir } from 'fhir';
import { expectAccessible } from '../lib/accessibility.mjs';
import { compute, cy, downloadedFile } from '../lib/aspects.mjs';
import { newReaderContext } from '../lib/chromium.mjs';
import { serveFixtureNetworks } from '../lib/fixtureNetworks.mjs';
import { makeStore, ROOT, serveOhif } from '../lib/installation.mjs';
import { paintedStudy } from '../lib/paintedStudy.mjs';
import { LEFT_STROKE } from '../lib/paintings.mjs';
import { downloadedResult } from '../lib/panel.mjs';
import {
  countClicks,
  expectGoodScreen,
  PANEL,
  USUAL_WINDOW,
  WIDE_WINDOW,
  WINDOWS,
} from '../lib/readingScreen.mjs';
import { Visit } from '../lib/visit.mjs';

const NORMAL_HEAD = path.join(ROOT, 'demo-server/demo-studies/normal-old');
const TIMEOUT_MS = 1_800_000;
/** The host draws anew after a change of the window. */
const SETTLE_MS = 500;
/** At most, from the worklist to the score. */
const CLICKS = 3;

/** A store with the painted study, the hand-made networks, and a viewer on both. `reader()` is a browser without a past. */
async function openDesk(ohif, browser) {
  const study = await paintedStudy(NORMAL_HEAD, {
    ...LEFT_STROKE,
    name: 'SYNTHETIC^Painted left',
  });
  const { store: dicom, remove } = await makeStore([study.folder]);
  const networks = await serveFixtureNetworks({ infarct: 'infarct-stack' });
  const server = await serveOhif({
    ohif,
    source: { store: dicom },
    extra: networks.appConfig({}),
  });
  const visits = [];
  return {
    study,
    async reader() {
      const context = await newReaderContext(browser);
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
    await visit.screenshot(`${name}-${size.width}`);
    await expectGoodScreen(page).catch(error => problems.push(`${size.width}: ${error.message}`));
  }
  await page.setViewportSize(USUAL_WINDOW);
  await expectAccessible(page, PANEL, name).catch(error => problems.push(error.message));
  assert.deepEqual(problems, []);
}

const text = (page, handle) => page.locator(cy(handle)).innerText();
const REGION_NAMES = {
  C: 'Caudate',
  L: 'Lentiform',
  IC: 'Int. capsule',
  I: 'Insula',
};

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

/** From the worklist to the reader's own reading and its files. */
async function leftStroke(desk, check) {
  const reader = await desk.reader();
  const { page } = reader;
  const { patientId } = desk.study;
  const clicks = await countClicks(page);
  let affected;
  await check('a left-sided stroke, in three clicks from the worklist', async () => {
    await reader.openWorklist(patientId);
    await reader.enterModeFromWorklist(patientId);
    await compute(page);
    assert.equal(clicks(), CLICKS);
    affected = await expectNamed(page, 'left');
    assert.ok(affected.includes('M2') && affected.includes('M5'), affected.join());
    // A wider window has more room for the same: once is enough.
    await expectGoodScreens(reader, 'left', [...WINDOWS, WIDE_WINDOW]);
  });

  const remaining = () => affected.filter(id => id !== 'M5');
  await check("a reader's change is named beside the score", async () => {
    await page.locator(cy('aspects-schematic-M5-left')).click();
    await page.locator(cy('aspects-reader-changes')).filter({ hasText: 'M5 L normal' }).waitFor();
    assert.deepEqual(await expectNamed(page, 'left'), remaining());
    assert.equal(await text(page, 'aspects-score'), String(10 - remaining().length));
    await expectGoodScreens(reader, 'changed');
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
    const { messages } = new Fhir().validate(observation, {
      errorOnUnexpected: true,
    });
    assert.deepEqual(
      messages.filter(({ severity }) => severity === 'error' || severity === 'fatal'),
      []
    );
  });

  await check('nothing is said in the console', () => assert.deepEqual(reader.errors, []));
}

export default [
  {
    name: "screens: a left-sided stroke and a reader's change",
    usualHost: '3.12.10',
    timeoutMs: TIMEOUT_MS,
    async run(opened, { check, ohif }) {
      const desk = await openDesk(ohif, opened.page.context().browser());
      try {
        await leftStroke(desk, check);
      } catch (error) {
        await desk.keepPicture();
        throw error;
      } finally {
        await desk.close();
      }
    },
  },
];
