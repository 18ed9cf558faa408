import assert from 'node:assert/strict';
import { storedReports } from '../lib/archive.mjs';
import {
  compute,
  correct,
  masksOf,
  middlesOfSides,
  readResult,
  store,
  untilMasks,
  untilResult,
} from '../lib/aspects.mjs';
import { openReadingRoom } from '../lib/readingRoom.mjs';
import { RESULT } from '../lib/visit.mjs';

export default [
  {
    name: 'the oldest and the newest host with an Orthanc: load, compute, the right side, store, open again',
    // The others store in an Orthanc too: `workflow.e2e.mjs` and `workflowPanel.e2e.mjs`.
    ohif: ['3.11.1', '3.14.0-beta.6'],
    sources: ['orthanc'],
    timeoutMs: 480_000,
    async run(visit, { check, ohif, studies }) {
      const study = studies.headCt;
      const room = await openReadingRoom({ ohif, study, browser: visit.page.context().browser() });
      try {
        const first = await room.newReader();
        await check('the tilted head is loaded and scored, left on the left, in four viewports', async () => {
          await first.openMode(study.uid);
          await compute(first.page);
          const { left, right } = await middlesOfSides(first.page);
          assert.ok(left > right + 20, `left at x = ${left.toFixed(0)} mm, right at ${right.toFixed(0)} mm`);
          assert.deepEqual(
            (await first.viewports()).map(({ id }) => id),
            RESULT
          );
        });

        let shown;
        let masks;
        await check('a corrected result is stored as one SEG and one SR', async () => {
          await correct(first.page, 'M3', 'left');
          assert.match(await store(first.page, 'stored'), /In the PACS: .*SEG.*SR.*key images/);
          [shown, masks] = [await readResult(first.page), await masksOf(first.page)];
          const held = await storedReports(room.dicomWeb, study.uid);
          assert.deepEqual([held.SEG.length, held.SR.length], [1, 1]);
          await first.page.context().close();
        });

        await check('a fresh browser shows the same', async () => {
          const second = await room.newReader();
          await second.openMode(study.uid);
          await untilResult(second.page);
          assert.deepEqual(await readResult(second.page), shown);
          await untilMasks(second.page, masks);
          assert.deepEqual([...first.errors, ...second.errors], []);
        });
      } finally {
        await room.close();
      }
    },
  },
];
