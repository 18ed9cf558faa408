import assert from 'node:assert/strict';
import { makeProfile, READER_WINDOW } from '../lib/chromium.mjs';
import { twoSliceStudy } from '../lib/derivedStudy.mjs';
import { compute, cy } from '../lib/panel.mjs';
import { Visit } from '../lib/visit.mjs';

/**
 * Without the line for `__filename`, this release was black in one of three such loads: five in a row are
 * luck in one of eight.
 */
const OFTEN_BLACK = '3.12.10';
const RELOADS = { [OFTEN_BLACK]: 5, others: 2 };

/** Loads the page again and again; every time the images must be there. */
async function reload(visit, times) {
  for (let load = 1; load <= times; load++) {
    await visit.page.reload();
    await visit.untilReady().catch(error => {
      throw new Error(`load ${load} of ${times} shows nothing: ${visit.errors.join('; ')}`, { cause: error });
    });
  }
}

export default [
  {
    name: 'a profile that is kept',
    // Of the others, one stands for what they share: the plugin's own drafts and scripts.
    ohif: [OFTEN_BLACK, '3.14.0-beta.6'],
    timeoutMs: 900_000,
    async run(visit, { check, store, studies, ohif }) {
      const uid = await twoSliceStudy(studies.demo.folder, store, '78');
      const profile = await makeProfile();
      const sessions = [];
      const start = async () => {
        const context = await profile.open({ viewport: READER_WINDOW });
        sessions.push(context);
        return new Visit(context.pages()[0] ?? (await context.newPage()), visit.url, `${ohif}-profile`);
      };
      try {
        await check('the page comes back at every reload', async () => {
          const first = await start();
          await first.openMode(uid);
          await reload(first, RELOADS[ohif] ?? RELOADS.others);
          assert.deepEqual(first.errors, []);
        });
        await check('so it does in a browser that is started again, and a draft with it', async () => {
          await sessions.at(-1).close();
          const second = await start();
          await second.openMode(uid);
          await compute(second.page);
          await reload(second, 2);
          await second.page.locator(cy('aspects-score')).waitFor();
          assert.deepEqual(second.errors, []);
        });
      } finally {
        await Promise.all(sessions.map(context => context.close().catch(() => undefined)));
        await profile.remove();
      }
    },
  },
];
