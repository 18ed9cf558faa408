import assert from 'node:assert/strict';
import { predecessors, sopInstanceUid, storedReports } from '../lib/archive.mjs';
import {
  compute,
  correct,
  cy,
  openAspectsPanel,
  readResult,
  row,
  store,
  stroke,
  sum,
  takeMaskTool,
  untilResult,
  voxelCounts,
} from '../lib/aspects.mjs';
import { openReadingRoom } from '../lib/readingRoom.mjs';

const INFARCT = 'Infarct';
const REGIONS = 'ASPECTS regions';
const STROKE = [
  [0.4, 0.45],
  [0.44, 0.48],
];

const corrections = page => page.locator('[data-cy^="aspects-region-"][data-source="reader"]').count();

/** Waits until the panel says that it has scored what was drawn. */
async function untilRescored(page, volumeBefore) {
  await page.waitForFunction(
    ({ selector, before }) => document.querySelector(selector)?.innerText !== before,
    { selector: cy('aspects-infarct-volume'), before: volumeBefore },
    { timeout: 30_000 }
  );
}

/** Brush, then eraser, as a reader uses them: the panel scores again by itself, the reader's words on regions stay. */
async function editMask(page) {
  const volume = await page.locator(cy('aspects-infarct-volume')).innerText();
  const before = sum(await voxelCounts(page, INFARCT));
  await takeMaskTool(page, 'Brush');
  await stroke(page, STROKE);
  const painted = await untilVoxels(page, count => count > before);
  await takeMaskTool(page, 'Eraser');
  await stroke(page, STROKE.slice(1));
  const erased = await untilVoxels(page, count => count < painted);
  assert.ok(erased !== before, 'something was drawn');
  await openAspectsPanel(page);
  await untilRescored(page, volume);
  await page.getByText('Infarct mask edited by the reader').waitFor({ timeout: 30_000 });
}

async function untilVoxels(page, isReached) {
  for (let attempt = 0; attempt < 60; attempt++) {
    const count = sum(await voxelCounts(page, INFARCT));
    if (isReached(count)) {
      return count;
    }
    await page.waitForTimeout(250);
  }
  throw new Error('The mask did not change');
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
    ohif: ['3.12.10'],
    needsShared: true,
    sources: ['orthanc'],
    timeoutMs: 360_000,
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
          shown = await readResult(first.page);
          masks = [await voxelCounts(first.page, REGIONS), await voxelCounts(first.page, INFARCT)];
          assert.match(await store(first.page, 'stored'), /SEG.* and report \(SR\) are in the PACS/);
          await store(first.page, 'stored');
          await onePair(room, study);
          assert.equal(room.door.stored, 2);
          await first.page.context().close();
        });

        const second = await room.newReader();
        const asked = [];
        second.page.on('request', request => asked.push(request.url()));
        await check('a fresh browser shows the same result, dated, without a network', async () => {
          await second.openMode(study.uid);
          await untilResult(second.page);
          assert.deepEqual(await readResult(second.page), shown);
          await second.page.waitForFunction(
            () => window.services.segmentationService.getSegmentations().length >= 2
          );
          assert.deepEqual(
            [await voxelCounts(second.page, REGIONS), await voxelCounts(second.page, INFARCT)],
            masks
          );
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
          await second.page.locator(cy('aspects-undo-M3-right')).click();
          await second.page.locator(`${row('M3', 'right')}[data-source="model"]`).waitFor();
          await store(second.page, 'stored');
          const held = await storedReports(room.dicomWeb, study.uid);
          // The masks are the same, so the SEG is.
          assert.deepEqual([held.SEG.length, held.SR.length], [1, 2]);
          const changed = held.SR.find(one => sopInstanceUid(one) !== sopInstanceUid(SR[0]));
          assert.deepEqual(predecessors(changed), [sopInstanceUid(SR[0])]);
          assert.deepEqual([...first.errors, ...second.errors], []);
        });
      } finally {
        await room.close();
      }
    },
  },
];
