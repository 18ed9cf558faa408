import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startOrthanc } from '../../e2e/lib/orthanc.mjs';
import { outcomeIn, unreplacedReports } from '../lib/contents.mjs';
import { startFaultyProxy } from '../lib/faultyProxy.mjs';
import { until, withPrograms } from '../lib/programs.mjs';
import { studyMaker } from '../lib/studies.mjs';

const FIXTURES = path.resolve(import.meta.dirname, '../../fixtures/models');
const PATIENCE_S = 120;
/** Each answer takes up to so long, ms. */
const SLOW_MS = 200;
/** Instances of the growing study that are there when it is first taken for complete. */
const EARLY = 10;
/**
 * Nothing comes any more when the archive was left alone for so long, ms: several times what a server waits
 * between two looks.
 */
const QUIET_MS = 5_000;

const isInstance = url => /\/instances\/[\d.]+$/.test(url);

/** What archives do to a server that asks them. */
export default {
  seconds: 80,
  name: 'a slow archive fails, loses a study and lets one grow; then another network comes',
  async run(check) {
    const orthanc = await startOrthanc();
    const make = studyMaker();
    const [unreadable, sound, flaky, deleted, growing, late] = Array.from({ length: 6 }, (_, index) =>
      make('head', index)
    );
    /**
     * What is answered for the flaky study, once each: metadata that are not there, an image's failure, a
     * page as an image.
     */
    const answers = [404, 503, 200];
    let isDeleted = false;
    const proxy = await startFaultyProxy(orthanc.root, async url => {
      await new Promise(resolve => setTimeout(resolve, SLOW_MS * Math.random()));
      if (url.includes(`/studies/${unreadable.uid}/series`)) {
        return 500;
      }
      const isFor404 = answers[0] === 404 ? url.endsWith('/metadata') : isInstance(url);
      if (url.includes(`/studies/${flaky.uid}/`) && isFor404) {
        return answers.shift();
      }
      if (url.includes(`/studies/${deleted.uid}/`) && isInstance(url) && !isDeleted) {
        isDeleted = true;
        // Once all images are on their way.
        setTimeout(() => deleteStudy(orthanc.root, deleted.uid), 4 * SLOW_MS);
      }
      return undefined;
    });
    const send = async instances => {
      for (const bytes of instances) {
        await orthanc.send(bytes);
      }
    };
    const untilOutcome = (study, wanted) =>
      until(
        `${wanted} of ${study.uid}`,
        PATIENCE_S,
        async () => (await outcomeIn(orthanc.dicomWeb, study.uid)) === wanted
      );
    await withPrograms([proxy, orthanc], async start => {
      const args = ['--since', '2026-01-01', '--poll', '1', '--settle', '1', '--workers', '1'];
      const serve = options => start(['serve', '--dicomweb', proxy.dicomWeb, ...args], options);
      const server = serve();
      await send([...unreadable.instances, ...sound.instances, ...flaky.instances]);
      await check(
        'a study on which it fails keeps no other from being scored, and is named once',
        async () => {
          await untilOutcome(sound, 'scored');
          await untilOutcome(flaky, 'scored');
          const named = server
            .log()
            .filter(({ study, reason }) => study === unreadable.uid && reason === 'HTTP 500');
          assert.equal(named.length, 1);
          assert.equal(await outcomeIn(orthanc.dicomWeb, unreadable.uid), 'nothing');
        }
      );
      await check('metadata and images that do not come are asked for again, never refused', async () => {
        // The archive has the result a moment before the log says so.
        await until('its end', PATIENCE_S, async () => outcomesOf(server, flaky).at(-1) === 'scored');
        const outcomes = outcomesOf(server, flaky);
        assert.deepEqual(answers, []);
        assert.deepEqual(new Set(outcomes.slice(0, -1)), new Set(['failed']));
      });
      await check('a study that is deleted while it is scored stays deleted', async () => {
        await send(deleted.instances);
        await until('its end', PATIENCE_S, async () => outcomesOf(server, deleted).includes('changed'));
        assert.equal(await idOf(orthanc.root, deleted.uid), undefined);
      });
      await check('a study that grows afterwards is scored again, with all of its images', async () => {
        await send(growing.instances.slice(0, EARLY));
        await untilOutcome(growing, 'scored');
        await send(growing.instances.slice(EARLY));
        await untilOutcome(growing, 'OT, OT, SEG, SEG, SR, SR');
        assert.equal((await unreplacedReports(orthanc.dicomWeb, growing.uid)).length, 1);
      });
      await check('a second server, without a queue between them, does nothing twice', async () => {
        const second = serve();
        await send(late.instances);
        await untilOutcome(late, 'scored');
        await untilQuiet(orthanc.root);
        assert.equal(await outcomeIn(orthanc.dicomWeb, late.uid), 'scored');
        assert.deepEqual(outcomesOf(second, sound), []);
        await second.stop();
      });
      await check('another network reads a study again, as the version after the one before', async () => {
        await server.stop();
        const models = mkdtempSync(path.join(tmpdir(), 'deep-aspects-models-'));
        try {
          await cp(path.join(FIXTURES, 'anatomy'), path.join(models, 'anatomy'), { recursive: true });
          await cp(path.join(FIXTURES, 'infarct-stack'), path.join(models, 'infarct'), { recursive: true });
          const newer = serve({ models });
          await until('a second picture', PATIENCE_S, async () =>
            (await outcomeIn(orthanc.dicomWeb, sound.uid)).startsWith('OT, OT')
          );
          await newer.stop();
        } finally {
          await rm(models, { recursive: true });
        }
        assert.equal((await unreplacedReports(orthanc.dicomWeb, sound.uid)).length, 1);
      });
    });
  },
};

/** What became of each attempt at a study. */
function outcomesOf(program, { uid }) {
  return program
    .log()
    .filter(({ study, outcome }) => study === uid && outcome)
    .map(({ outcome }) => outcome);
}

async function idOf(root, uid) {
  const body = JSON.stringify({ Level: 'Study', Query: { StudyInstanceUID: uid } });
  const found = await fetch(`${root}/tools/find`, { method: 'POST', body });
  return (await found.json())[0];
}

async function deleteStudy(root, uid) {
  await fetch(`${root}/studies/${await idOf(root, uid)}`, { method: 'DELETE' });
}

async function untilQuiet(root) {
  const count = async () => (await (await fetch(`${root}/statistics`)).json()).CountInstances;
  await until('quiet', PATIENCE_S, async () => {
    const before = await count();
    await new Promise(resolve => setTimeout(resolve, QUIET_MS));
    return (await count()) === before;
  });
}
