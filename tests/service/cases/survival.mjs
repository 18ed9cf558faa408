import { Redis } from 'ioredis';
import { startOrthanc, freePort } from '../../e2e/lib/orthanc.mjs';
import { outcomeIn } from '../lib/contents.mjs';
import { startProgram, until } from '../lib/programs.mjs';
import { startRedis } from '../lib/redis.mjs';
import { studyMaker } from '../lib/studies.mjs';

const STUDIES = 30;
/** So many come before a worker is killed: it must still have work then. */
const FIRST = 20;
/** How long the archive is away, and how long everything must stay as it is: several times what servers wait between two looks, ms. */
const AWAY_MS = 8_000;
const QUIET_MS = 8_000;
/** Of ten studies, so many of each kind. */
const MIX = [
  'head',
  'head',
  'head',
  'one slice',
  'no brain',
  'one slice',
  'no brain',
  'no brain',
  'no head',
  'head',
];
const EXPECTED = {
  head: 'scored',
  'one slice': 'refused: TOO_FEW_SLICES',
  'no brain': 'refused: NO_BRAIN',
  'no head': 'nothing',
};

/** Studies through two workers while everything around them falls over. */
export default {
  name: 'a worker killed, Redis restarted, the archive away: every study has exactly one outcome',
  needsRedis: true,
  async run(check) {
    const orthanc = await startOrthanc();
    const redis = await startRedis();
    const port = await freePort();
    const make = studyMaker();
    const studies = Array.from({ length: STUDIES }, (_, index) => make(MIX[index % MIX.length], index));
    const send = async ({ instances }) => {
      for (const bytes of instances) {
        await orthanc.send(bytes);
      }
    };
    const watch = (...more) =>
      startProgram([
        ...['serve', '--dicomweb', orthanc.dicomWeb, '--queue', redis.url, '--since', '2026-01-01'],
        ...['--poll', '1', '--settle', '1', ...more],
      ]);
    const work = () => startProgram(['worker', '--queue', redis.url, '--workers', '1']);
    const running = [];
    const start = program => running.push(program) && program;
    try {
      start(watch('--listen', String(port)));
      start(watch());
      const victim = start(work());
      start(work());
      for (const study of studies.slice(0, FIRST)) {
        await send(study);
      }
      await check('a queue and its jobs hold nothing of the patient', async () => {
        const keys = await until('a job in the queue', 60, () => jobsOf(redis.url));
        const told = JSON.stringify(keys);
        if (!told.includes(studies[0].uid.slice(0, 12)) || /SYNTHETIC|phantom/i.test(told)) {
          throw new Error(`the queue holds ${told.slice(0, 500)}`);
        }
      });
      await until('a job of the victim', 120, async () =>
        victim.log().some(({ outcome }) => outcome === 'scored')
      );
      await until('a running job', 30, () => isRunning(port));
      victim.child.kill('SIGKILL');
      start(work());
      for (const study of [...studies.slice(FIRST), ...studies.slice(0, FIRST / 4)]) {
        await send(study);
      }
      await redis.restart();
      await orthanc.pause(AWAY_MS);
      const outcomes = () => Promise.all(studies.map(({ uid }) => outcomeIn(orthanc.dicomWeb, uid)));
      const wanted = studies.map(({ kind }) => EXPECTED[kind]);
      await check(
        'every study ends with one SEG, one SR and one key image, or with a note of refusal',
        async () => {
          let found = [];
          const isDone = async () => {
            found = await outcomes();
            return found.every((outcome, index) => outcome === wanted[index]);
          };
          await until('all outcomes', 420, isDone).catch(error => {
            const wrong = found.flatMap((outcome, index) =>
              outcome === wanted[index] ? [] : [`${studies[index].uid}: ${outcome}, not ${wanted[index]}`]
            );
            throw new Error(`${error.message}\n${wrong.join('\n')}`);
          });
        }
      );
      await check('two servers and two workers then leave everything as it is', async () => {
        const before = await changes(orthanc.root);
        await new Promise(resolve => setTimeout(resolve, QUIET_MS));
        const added = (await changes(orthanc.root)) - before;
        // Orthanc still calls series and studies stable; what matters is that nothing is stored.
        const after = await outcomes();
        if (after.some((outcome, index) => outcome !== wanted[index])) {
          throw new Error(`${added} changes, and the outcomes are others`);
        }
      });
      await check('logs hold nothing of the patient', async () => {
        for (const program of running) {
          if (/SYNTHETIC|phantom/i.test(program.output())) {
            throw new Error(program.output());
          }
        }
      });
      await check('told to stop, servers and workers end well', async () => {
        for (const program of running.filter(one => one !== victim)) {
          const { status, signal } = await program.stop();
          if (status !== 0) {
            throw new Error(`status ${status}, signal ${signal}: ${program.output().slice(-2000)}`);
          }
        }
      });
    } catch (error) {
      const outputs = running.map(program => program.output().slice(-1500));
      throw new Error(`${error.stack}\n${outputs.join('\n---\n')}`);
    } finally {
      await Promise.all(running.map(program => program.stop('SIGKILL')));
      await redis.stop();
      await orthanc.stop();
    }
  },
};

/** Everything that the queue keeps, once there is a job. */
async function jobsOf(url) {
  const client = new Redis(url);
  try {
    const keys = await client.keys('*');
    const hashes = [];
    for (const key of keys) {
      if ((await client.type(key)) === 'hash') {
        hashes.push(await client.hgetall(key));
      }
    }
    return hashes.some(({ data }) => data?.includes('studyInstanceUID')) ? hashes : undefined;
  } finally {
    client.disconnect();
  }
}

async function isRunning(port) {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/deep_aspects_jobs\{state="running"\} (\d+)/.exec(metrics)?.[1]) > 1;
}

async function changes(root) {
  return (await (await fetch(`${root}/changes?last`)).json()).Last;
}
