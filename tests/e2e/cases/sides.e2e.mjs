import assert from 'node:assert/strict';
import { expectSides } from '../lib/readingScreen.mjs';
import { READING } from '../lib/visit.mjs';

/** What the hosts' own keys h, v, r and l do, and what then lies on the right. */
const VIEWS = [
  [['flipViewportHorizontal', {}], /R/],
  [['flipViewportVertical', {}], /L/],
  [['rotateViewportBy', { rotation: 90 }], /[AP]/],
  [['rotateViewportBy', { rotation: -90 }], /[AP]/],
  [['rotateViewportBy', { rotation: 180 }], /R/],
];

export default [
  {
    name: "each pane says where the patient's left is",
    everyHost: true,
    async run(visit, { check, studies }) {
      const { page } = visit;
      const [viewportId, other] = READING;
      const change = ([name, options]) =>
        page.evaluate(
          ([command, given]) => window.commandsManager.runCommand(command, given),
          [name, { viewportId, ...options }]
        );
      await visit.openMode(studies.headCt.uid);

      await check('before a result', async () => {
        assert.deepEqual(await expectSides(page), { [viewportId]: 'L', [other]: 'L' });
      });

      for (const [command, right] of VIEWS) {
        await check(`after ${command[0]} ${Object.values(command[1]).join()}`, async () => {
          await change(command);
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
          const back = command[1].rotation ? { rotation: -command[1].rotation } : {};
          await change([command[0], back]);
        });
      }
    },
  },
];
