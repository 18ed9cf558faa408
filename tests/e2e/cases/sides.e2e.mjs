import assert from 'node:assert/strict';
import { expectSides } from '../lib/readingScreen.mjs';
import { READING } from '../lib/visit.mjs';

/** What the hosts' own keys h, v, r and l do, what takes it back, and what then lies on the right. */
const VIEWS = [
  [['flipViewportHorizontal'], ['flipViewportHorizontal'], /R/],
  [['flipViewportVertical'], ['flipViewportVertical'], /L/],
  [['rotateViewportCW'], ['rotateViewportCCW'], /[AP]/],
  [['rotateViewportCCW'], ['rotateViewportCW'], /[AP]/],
  [['rotateViewportCW', 'rotateViewportCW'], [], /R/],
];

export default [
  {
    name: "each pane says where the patient's left is",
    everyHost: true,
    async run(visit, { check, studies }) {
      const { page } = visit;
      const [viewportId, other] = READING;
      const change = commands =>
        page.evaluate(
          ([names, id]) => names.forEach(name => window.commandsManager.runCommand(name, { viewportId: id })),
          [commands, viewportId]
        );
      await visit.openMode(studies.headCt.uid);

      await check('before a result', async () => {
        assert.deepEqual(await expectSides(page), { [viewportId]: 'L', [other]: 'L' });
      });

      for (const [there, back, right] of VIEWS) {
        await check(`after ${there.join()}`, async () => {
          await change(there);
          await page.waitForFunction(
            ([id, letter]) =>
              new RegExp(letter).test(
                window.cornerstone
                  .getEnabledElementByViewportId(id)
                  .viewport.element.querySelector('.dasp-side-marker[data-edge="right"]').textContent[0]
              ),
            [viewportId, right.source]
          );
          const shown = await expectSides(page);
          assert.match(shown[viewportId][0], right);
          assert.equal(shown[other], 'L');
          await change(back);
        });
      }
    },
  },
];
