import assert from 'node:assert/strict';
import { freePort, startOrthanc } from '../../e2e/lib/orthanc.mjs';
import { outcomeIn } from '../lib/contents.mjs';
import { until, withPrograms } from '../lib/programs.mjs';
import { queueView } from '../lib/queueView.mjs';
import { startRedis } from '../lib/redis.mjs';
import { studyMaker } from '../lib/studies.mjs';

const STUDIES = 30;
/**
 * So many come before a worker is killed and the archive goes away; the others just before Redis
 * loses everything.
 */
const FIRST = 15;
/**
 * How long the archive is away, and how long everything must stay as it is: several times what servers wait
 * between two looks, ms.
 */
const AWAY_MS = 20_000;
const QUIET_MS = 8_000;
/** Of ten studies, so many of each kind. */
const MIX = [
  'head',
  'head twice',
  'no brain',
  'one slice',
  'head',
  'one slice',
  'no brain',
  'no brain',
  'no head',
  'head',
];
const EXPECTED = {
  head: 'scored',
  'head twice': 'scored',
  'one slice': 'refused: TOO_FEW_SLICES',
  'no brain': 'refused: NO_BRAIN',
  'no head': 'nothing',
};

/** Studies through two workers while everything around them falls over. */
export default {
  seconds: 90,
  name: 'a worker killed, the archive away, Redis restarted: every study has exactly one outcome',
  needsRedis: true,
  async run(check) {
    const orthanc = await startOrthanc();
    const redis = await startRedis();
    const queue = queueView(redis.url);
    const port = await freePort();
    const make = studyMaker();
    const studies = Array.from({ length: STUDIES }, (_, index) => make(MIX[index % MIX.length], index));
    const send = async some => {
      for (const bytes of some.flatMap(({ instances }) => instances)) {
        await orthanc.send(bytes);
      }
    };
    const isRight = async ({ uid, kind }) => (await outcomeIn(orthanc.dicomWeb, uid)) === EXPECTED[kind];
    await withPrograms([queue, redis, orthanc], async (start, running) => {
      const serve = (...more) =>
        start([
          ...['serve', '--dicomweb', orthanc.dicomWeb, '--since', '2026-01-01'],
          ...['--poll', '1', '--settle', '1', '--queue', redis.url, ...more],
        ]);
      const work = () => start(['worker', '--workers', '1', '--queue', redis.url]);
      serve('--listen', String(port));
      serve();
      const victim = work();
      work();
      await send(studies.slice(0, FIRST));
      await check('a queue and its jobs hold nothing of the patient', async () => {
        const told = await until('a job in the queue', 60, async () => {
          const text = JSON.stringify(await queue.hashes());
          return text.includes('studyInstanceUID') && text;
        });
        assert.match(told, new RegExp(studies[0].uid.slice(0, 12)));
        assert.doesNotMatch(told, /SYNTHETIC|phantom/i);
      });
      await check('a worklist is told what waits and what is scored now', async () => {
        const states = await until('both states', 60, async () => {
          const { studies: told } = await (await fetch(`http://127.0.0.1:${port}/studies`)).json();
          const all = Object.values(told).map(({ state }) => state);
          return all.includes('running') && all.includes('queued') && told;
        });
        const sent = new Set(studies.slice(0, FIRST).map(({ uid }) => uid));
        assert.deepEqual(
          Object.keys(states).filter(uid => !sent.has(uid)),
          []
        );
      });
      await until('an outcome of the victim', 120, async () => victim.log().some(({ outcome }) => outcome));
      await until('a job in either worker', 60, async () => (await queue.running()).length === 2);
      victim.child.kill('SIGKILL');
      const held = await jobOfTheDead(queue);
      work();
      await orthanc.pause(AWAY_MS);
      await check('the job of the killed worker is taken over by another one', async () => {
        const study = studies.find(({ uid }) => uid === held);
        await until('its outcome', 120, () => isRight(study));
      });
      await send([...studies.slice(FIRST), ...studies.slice(0, FIRST / 3)]);
      await until('jobs that can be lost', 60, async () => (await queue.waiting()) >= 5);
      await redis.restart();
      await check(
        `of ${STUDIES} studies each has one SEG, one SR and one key image, or a note of refusal`,
        () => untilAllRight(studies, isRight, orthanc.dicomWeb)
      );
      await check('two servers and two workers then leave everything as it is', async () => {
        await new Promise(resolve => setTimeout(resolve, QUIET_MS));
        await untilAllRight(studies, isRight, orthanc.dicomWeb, 0);
      });
      await check('logs hold nothing of the patient', async () => {
        for (const program of running) {
          assert.doesNotMatch(program.output(), /SYNTHETIC|phantom/i);
        }
      });
      await check('told to stop, servers and workers end well', async () => {
        const ends = await Promise.all(running.filter(one => one !== victim).map(program => program.stop()));
        assert.deepEqual(
          ends,
          ends.map(() => ({ status: 0, signal: null }))
        );
      });
    });
  },
};

/**
 * Study of the one job, of two that were running, that stays in nobody's hands. Rejects where there is none:
 * the worker was not killed in mid-job.
 */
async function jobOfTheDead(queue) {
  let held = await queue.running();
  return until('the job of the killed worker', 15, async () => {
    const now = await queue.running();
    held = held.filter(id => now.includes(id));
    return held.length === 1 && queue.studyOf(held[0]);
  });
}

/** Asks, for so many seconds, for the studies whose outcome is not right yet, then once more for all. */
async function untilAllRight(studies, isRight, dicomWeb, seconds = 300) {
  const wrongOf = async some => {
    const right = await Promise.all(some.map(isRight));
    return some.filter((_, index) => !right[index]);
  };
  let open = studies;
  if (seconds > 0) {
    await until('all outcomes', seconds, async () => {
      open = await wrongOf(open);
      return open.length === 0;
    }).catch(() => undefined);
  }
  const wrong = await wrongOf(studies);
  const told = wrong.map(async ({ uid, kind }) => `${uid} (${kind}): ${await outcomeIn(dicomWeb, uid)}`);
  assert.deepEqual(await Promise.all(told), []);
}
