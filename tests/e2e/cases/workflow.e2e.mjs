import assert from 'node:assert/strict';
import { predecessors, sopInstanceUid, storedReports } from '../lib/archive.mjs';
import {
  compute,
  correct,
  cy,
  masksOf,
  openAspectsPanel,
  readResult,
  row,
  store,
  stroke,
  sum,
  takeMaskTool,
  unfold,
  untilMasks,
  untilResult,
  voxelCounts,
} from '../lib/aspects.mjs';
import { openReadingRoom } from '../lib/readingRoom.mjs';
import { until } from '../lib/until.mjs';

const INFARCT = 'Infarct';
/** Longer than the eraser is wide, so that a part of it remains. */
const STROKE = [
  [0.3, 0.35],
  [0.44, 0.48],
];
/** Away from what `STROKE` draws. */
const BARE_STROKE = [
  [0.6, 0.6],
  [0.62, 0.62],
];
/** Voxels that change the volume by more than the panel rounds it to. */
const SEEN_VOXELS = 150;

const corrections = page => page.locator('[data-cy^="aspects-region-"][data-source="reader"]').count();

/** Waits until the panel says that it has scored what was drawn. */
async function untilRescored(page, volumeBefore) {
  await page.waitForFunction(
    ({ selector, before }) => document.querySelector(selector)?.innerText !== before,
    { selector: cy('aspects-infarct-volume'), before: volumeBefore }
  );
}

/**
 * Brush, then eraser, as a reader uses them: the panel scores again by itself, the reader's words
 * on regions stay.
 */
async function editMask(page) {
  const volume = await page.locator(cy('aspects-infarct-volume')).innerText();
  const before = sum(await voxelCounts(page, INFARCT));
  await takeMaskTool(page, 'Brush');
  await stroke(page, STROKE);
  const painted = await untilVoxels(page, count => count > before);
  await takeMaskTool(page, 'Eraser');
  await stroke(page, STROKE.slice(1));
  const erased = await untilVoxels(page, count => count < painted);
  await expectBrushInBarePane(page);
  assert.ok(erased > before + SEEN_VOXELS, `of ${painted - before} voxels drawn ${erased - before} remain`);
  await openAspectsPanel(page);
  await untilRescored(page, volume);
  await page.getByText('Infarct mask edited by the reader').waitFor();
}

/** A bare pane, once clicked, takes the brush: the mask grows, and is seen in the pane below alone. */
async function expectBrushInBarePane(page) {
  await page
    .locator(cy('viewport-pane'))
    .first()
    .click({ position: { x: 5, y: 60 } });
  await takeMaskTool(page, 'Brush');
  const before = sum(await voxelCounts(page, INFARCT));
  await stroke(page, BARE_STROKE, 0);
  await untilVoxels(page, count => count > before);
  await takeMaskTool(page, 'Eraser');
  await stroke(page, BARE_STROKE, 0);
  await untilVoxels(page, count => count <= before);
  await page
    .locator(cy('viewport-pane'))
    .nth(2)
    .click({ position: { x: 5, y: 60 } });
}

function untilVoxels(page, isReached) {
  return until(
    () => 'the mask changes',
    async () => {
      const count = sum(await voxelCounts(page, INFARCT));
      return isReached(count) && count;
    }
  );
}

/** Opens the study in the host's basic mode, and waits until all series are known and one is shown. */
async function openBasicViewer(reader, studyUid) {
  const { page } = reader;
  // The host's tour would lie over the images.
  await page.addInitScript(() => localStorage.setItem('shownTours', '["basicViewerTour"]'));
  await page.goto(`${reader.url}viewer?StudyInstanceUIDs=${studyUid}`);
  await page.waitForFunction(() => {
    const known = window.services?.displaySetService?.getActiveDisplaySets() ?? [];
    const shown = window.cornerstone?.getEnabledElements?.() ?? [];
    return (
      ['CT', 'SEG', 'SR'].every(modality => known.some(one => one.Modality === modality)) &&
      shown.some(({ viewport }) => viewport.getCurrentImageId?.())
    );
  });
  // In our own mode the stored result is there by then.
  await page.waitForTimeout(4000);
}

/** What the plugin would add to a viewer in which it restores a result. */
function madeByPlugin(page) {
  return page.evaluate(() => ({
    segmentations: window.services.segmentationService.getSegmentations().length,
    displaySets: window.services.displaySetService
      .getActiveDisplaySets()
      .filter(one => one.madeInClient)
      .map(one => one.SeriesDescription ?? one.label ?? ''),
  }));
}

/** One SEG and one SR, and their instances. */
async function onePair(room, study) {
  const held = await storedReports(room.dicomWeb, study.uid);
  assert.deepEqual([held.SEG.length, held.SR.length], [1, 1]);
  return held;
}

export default [
  {
    name: 'the workflow: compute, correct, edit the mask, store, open again',
    // What differs between hosts, `core.e2e.mjs` does in each of the others.
    ohif: ['3.13.2'],
    sources: ['orthanc'],
    timeoutMs: 480_000,
    async run(visit, { check, ohif, studies }) {
      const study = studies.headCt;
      const browser = visit.page.context().browser();
      const room = await openReadingRoom({ ohif, study, browser });
      try {
        const first = await room.newReader();
        await first.openMode(study.uid);
        await compute(first.page);

        await check('two corrected regions and an edited mask are scored together', async () => {
          await correct(first.page, 'M3', 'right');
          await correct(first.page, 'C', 'left');
          await editMask(first.page);
          assert.equal(await corrections(first.page), 2);
          await first.screenshot('edited');
        });

        let shown;
        let masks;
        await check('stored twice, the PACS holds one SEG and one SR', async () => {
          // The last stroke may not be scored yet: storing does that first.
          assert.match(await store(first.page, 'stored'), /In the PACS: .*SEG.*SR.*key images/);
          shown = await readResult(first.page);
          masks = await masksOf(first.page);
          await store(first.page, 'stored');
          await onePair(room, study);
          assert.equal(room.door.stored, 3);
          await first.page.context().close();
        });

        const second = await room.newReader();
        const asked = [];
        second.page.on('request', request => asked.push(request.url()));
        await check('a fresh browser shows the same result, dated, without a network', async () => {
          await second.openMode(study.uid);
          await untilResult(second.page);
          assert.deepEqual(await readResult(second.page), shown);
          await untilMasks(second.page, masks);
          const origin = await second.page.locator(cy('aspects-draft')).innerText();
          assert.match(origin, /^From the PACS: report of .*\d{1,2}:\d{2}.* by deep-aspects \d/);
          assert.deepEqual(
            asked.filter(url => url.endsWith('model.onnx')),
            []
          );
          await second.screenshot('reopened');
        });

        await check('stored again unchanged, nothing is added', async () => {
          await store(second.page, 'stored');
          await onePair(room, study);
        });

        await check('a change makes a new version that names the one before it', async () => {
          const { SR } = await onePair(room, study);
          await unfold(second.page);
          await second.page.locator(cy('aspects-undo-M3-right')).click();
          await second.page.locator(`${row('M3', 'right')}[data-source="model"]`).waitFor();
          await store(second.page, 'stored');
          const held = await storedReports(room.dicomWeb, study.uid);
          // The masks are the same, so the SEG is.
          assert.deepEqual([held.SEG.length, held.SR.length], [1, 2]);
          const changed = held.SR.find(one => sopInstanceUid(one) !== sopInstanceUid(SR[0]));
          assert.deepEqual(predecessors(changed), [sopInstanceUid(SR[0])]);
          assert.deepEqual([...first.errors, ...second.errors], []);
          await second.page.context().close();
        });

        await check(
          "the host's own mode shows the study as it is: nothing of ours appears there",
          async () => {
            const other = await room.newReader();
            await openBasicViewer(other, study.uid);
            assert.deepEqual(await madeByPlugin(other.page), { segmentations: 0, displaySets: [] });
            await other.screenshot('basic-viewer');
          }
        );
      } finally {
        await room.close();
      }
    },
  },
];
