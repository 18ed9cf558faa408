import assert from 'node:assert/strict';
import { expectAccessible } from '../lib/accessibility.mjs';
import { watchMainThread } from '../lib/mainThread.mjs';

const STUDIES = 500;
/** Longest that a task of ours may hold the page's thread, ms. */
const LONGEST_MS = 50;

/** Every tenth study has an outcome; of these every fifth is refused, the others score 0 to 10. */
function outcomeOf(index) {
  if (index % 10 !== 0) {
    return undefined;
  }
  const number = index / 10;
  return number % 5 === 4 ? 'ASPECTS not scored: NO_BRAIN' : `ASPECTS ${number % 11} left, acute 12 ml`;
}

const uidOf = index => `2.25.9${String(index).padStart(6, '0')}`;
const value = (vr, ...Value) => ({ vr, Value });

function study(index) {
  const modalities = outcomeOf(index) ? ['CT', 'SR'] : ['CT'];
  return {
    '00080020': value('DA', '20260101'),
    '00080030': value('TM', String(index).padStart(6, '0')),
    '00080061': value('CS', ...modalities),
    '00100010': value('PN', { Alphabetic: `SYNTHETIC^${index}` }),
    '00100020': value('LO', `SYNTHETIC-${index}`),
    '0020000D': value('UI', uidOf(index)),
    '00201208': value('IS', 28),
  };
}

function series(index) {
  const described = outcomeOf(index);
  const one = (number, modality, description) => ({
    '0020000D': value('UI', uidOf(index)),
    '0020000E': value('UI', `${uidOf(index)}.${number}`),
    '00080060': value('CS', modality),
    '0008103E': value('LO', description),
    '00201209': value('IS', 1),
  });
  return [one(1, 'CT', 'Head'), ...(described ? [one(2, 'SR', described)] : [])];
}

/**
 * Answers the page's questions as an archive of 500 studies would.
 * @returns the studies that were asked for
 */
async function serveStudies(page, store) {
  const asked = [];
  const answer = (route, body) =>
    route.fulfill({ contentType: 'application/dicom+json', body: JSON.stringify(body) });
  await page.route(/\/dicom-web\/studies\?/, route =>
    answer(
      route,
      Array.from({ length: STUDIES }, (_, index) => study(index))
    )
  );
  await page.route(/\/dicom-web\/studies\/[\d.]+\/series/, async route => {
    const uid = /studies\/([\d.]+)\//.exec(route.request().url())[1];
    const index = Number(uid.slice(uidOf(0).length - 6));
    asked.push(index);
    store.open += 1;
    store.most = Math.max(store.most, store.open);
    await new Promise(resolve => setTimeout(resolve, 20));
    store.open -= 1;
    await answer(route, series(index)).catch(() => undefined);
  });
  return asked;
}

/** What the scoring server tells of studies without an outcome, by the last digit of their index. */
const JOBS = {
  1: { state: 'queued' },
  2: { state: 'running' },
  3: { state: 'failed', reason: 'out of memory' },
};

/** Pause between two questions for all studies, ms, as the column has it. */
const REFRESH_MS = 10_000;

/** Answers as the scoring server's status page would. @returns how often it was asked, and since when */
async function serveJobs(page) {
  const asked = { times: 0, since: performance.now() };
  const studies = Object.fromEntries(
    Array.from({ length: STUDIES }, (_, index) => [uidOf(index), JOBS[index % 10]]).filter(([, job]) => job)
  );
  await page.route('**/scoring/studies', route => {
    asked.times += 1;
    return route.fulfill({ contentType: 'application/json', body: JSON.stringify({ studies }) });
  });
  return asked;
}

const cells = page => page.locator('[data-cy^="aspects-worklist-"]');

/** Which of the buttons that follow the range of rows turns the page. */
const [PREVIOUS, NEXT] = [0, 1];

/** Turns the page, and waits until its cells have been told. */
async function turnPage(page, button, range) {
  await page
    .getByText(/^\d+-\d+ of \d+$/)
    .locator('xpath=following::button')
    .nth(button)
    .click();
  await page.getByText(`${range} of ${STUDIES}`).waitFor();
  await page.locator('[data-cy^="aspects-worklist-"]:not([data-state="unknown"])').first().waitFor();
}

export default [
  {
    name: 'the worklist tells what is urgent',
    ohif: ['3.13.2', '3.14.0-beta.6'],
    installation: { extra: "window.config.deepAspects = { statusUrl: '/scoring' };" },
    async run(visit, { check }) {
      const { page } = visit;
      const load = { open: 0, most: 0 };
      const asked = await serveStudies(page, load);
      const jobs = await serveJobs(page);
      await page.goto(visit.url);
      await cells(page).first().waitFor();
      const cell = index => page.locator(`[data-cy="aspects-worklist-${uidOf(index)}"]`);

      await check('asks for what is in sight, a few at a time', async () => {
        await page.waitForFunction(
          () => document.querySelector('[data-cy^="aspects-worklist-"]').dataset.state !== 'unknown'
        );
        const rows = await cells(page).count();
        assert.ok(rows <= 100, `${rows} rows on a page`);
        await page.waitForTimeout(1500);
        // The host asks for the series of the study that it previews.
        assert.ok(new Set(asked).size <= rows, `${asked.length} questions for ${rows} rows`);
        assert.ok(load.most <= 6, `${load.most} questions at a time`);
      });

      await check(
        'tells what waits and what has failed, with the reason, by one question for all',
        async () => {
          const first = state =>
            page.locator(`[data-cy^="aspects-worklist-"][data-state="${state}"]`).first();
          const failed = first('failed');
          await failed.waitFor();
          assert.equal(await failed.textContent(), 'failed');
          assert.equal(await failed.getAttribute('title'), 'out of memory');
          assert.equal(await first('queued').textContent(), 'queued');
          assert.equal(await first('none').textContent(), '–');
          const most = 2 + (performance.now() - jobs.since) / REFRESH_MS;
          assert.ok(jobs.times <= most, `${jobs.times} questions`);
        }
      );

      await check('sorts by urgency over all pages, the lowest score first', async () => {
        const thread = await watchMainThread(page, url => url.includes('deep-aspects'));
        await turnPage(page, NEXT, '51-100');
        await turnPage(page, PREVIOUS, '1-50');
        await page.getByRole('columnheader', { name: 'ASPECTS' }).getByRole('button').first().click();
        const expected = Array.from({ length: STUDIES }, (_, index) => outcomeOf(index))
          .flatMap(text => /ASPECTS (\d+) /.exec(text ?? '')?.[1] ?? [])
          .sort((a, b) => a - b);
        // The page holds 50 rows: what was refused comes next, and what has no outcome after that. It takes a
        // while until the last of them is told.
        const isOrdered = scores => {
          const cells = [...document.querySelectorAll('[data-cy^="aspects-worklist-"]')];
          return cells.every(({ dataset }, index) =>
            index < scores.length ? dataset.score === scores[index] : dataset.state === 'refused'
          );
        };
        await page.waitForFunction(isOrdered, expected);
        assert.equal(await cells(page).count(), 50);
        const { long, sampledMs } = await thread.stop();
        const longest = long[0]?.oursMs ?? 0;
        console.log(
          `    of ours with ${STUDIES} studies: ${sampledMs.toFixed(0)} ms, ${longest.toFixed(0)} in one long task`
        );
        assert.ok(sampledMs > 0, 'the profile has seen nothing of ours');
        assert.ok(longest < LONGEST_MS, JSON.stringify(long[0]));
      });

      await check(
        'marks what is urgent by more than a colour, and says why a study has no score',
        async () => {
          const urgent = cell(0);
          assert.equal(await urgent.textContent(), '! 0 left');
          assert.equal(await urgent.getAttribute('data-urgent'), 'true');
          assert.equal(await urgent.getAttribute('title'), 'urgent');
          const refused = page.locator('[data-cy^="aspects-worklist-"][data-state="refused"]').first();
          assert.match(await refused.getAttribute('title'), /^No brain was found .*\(NO_BRAIN\)$/);
          await expectAccessible(page, '[data-cy^="aspects-worklist-"]', 'the column of the worklist');
          await visit.screenshot('worklist');
          assert.deepEqual(visit.errors, []);
        }
      );
    },
  },
  {
    name: 'the worklist of older hosts is left alone',
    ohif: ['3.11.1', '3.12.10'],
    async run(visit, { check }) {
      await check('no column, and no error', async () => {
        await serveStudies(visit.page, { open: 0, most: 0 });
        await visit.page.goto(visit.url);
        // They show a long list in the archive's own order.
        await visit.page
          .getByText(/^SYNTHETIC-\d+$/)
          .first()
          .waitFor();
        assert.equal(await cells(visit.page).count(), 0);
        assert.deepEqual(visit.errors, []);
      });
    },
  },
];
