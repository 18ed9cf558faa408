import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, startOrthanc } from '../../e2e/lib/orthanc.mjs';
import { outcomeIn } from '../lib/contents.mjs';
import { startFaultyProxy } from '../lib/faultyProxy.mjs';
import { startProgram, until } from '../lib/programs.mjs';
import { startRedis } from '../lib/redis.mjs';
import { studyMaker } from '../lib/studies.mjs';

/** Far more than a sound job takes. */
const LIMIT_S = 30;
/** So often a study that hangs is tried. */
const ATTEMPTS = 3;
const PATIENCE_S = 240;

const isInstance = url => /\/instances\/[\d.]+$/.test(url);
const isOf = (url, { uid }) => isInstance(url) && url.includes(`/studies/${uid}/`);
const REASON = `no result within ${LIMIT_S} s; the worker was replaced`;

/** An archive with studies, one of which hangs as `harm` has it, and its address for programs. */
async function archiveWith(studies, harm) {
  const orthanc = await startOrthanc();
  const proxy = await startFaultyProxy(orthanc.root, harm);
  const folder = mkdtempSync(path.join(tmpdir(), 'deep-aspects-hangs-'));
  const port = await freePort();
  for (const bytes of studies.flatMap(({ instances }) => instances)) {
    await orthanc.send(bytes);
  }
  return {
    dicomWeb: orthanc.dicomWeb,
    watching: [
      'serve',
      '--dicomweb',
      proxy.dicomWeb,
      '--since',
      '2026-01-01',
      '--poll',
      '1',
      '--settle',
      '1',
    ],
    working: ['--workers', '1', '--job-timeout', String(LIMIT_S), '--listen', String(port)],
    env: { TMPDIR: folder },
    told: async what => (await fetch(`http://127.0.0.1:${port}${what}`)).text(),
    untilScored: ({ uid }) =>
      until(
        `the outcome of ${uid}`,
        PATIENCE_S,
        async () => (await outcomeIn(orthanc.dicomWeb, uid)) === 'scored'
      ),
    images: () => readdirSync(folder, { recursive: true }).filter(name => name.endsWith('.dcm')),
    async stop() {
      await proxy.stop();
      await orthanc.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

const attemptsAt = (program, { uid }) =>
  program.log().filter(({ study, outcome }) => study === uid && outcome !== undefined);

async function eachHangsOnce(check) {
  const make = studyMaker();
  const [download, worker, storing] = [0, 1, 2].map(number => make('head', number));
  const open = new Set([download.uid, worker.uid, storing.uid]);
  let program;
  let fetched = '';
  const archive = await archiveWith([download, worker, storing], async (url, method) => {
    fetched = isInstance(url) ? url : fetched;
    if (isOf(url, download) && open.delete(download.uid)) {
      return 'trickle';
    }
    if (isOf(url, worker) && open.delete(worker.uid)) {
      // As one that computes for ever: it does nothing more, not even end.
      spawnSync('pkill', ['-STOP', '-P', String(program.child.pid)]);
    }
    // The one worker stores what it has fetched before it fetches anything else.
    return method === 'POST' && isOf(fetched, storing) && open.delete(storing.uid) ? 'silence' : undefined;
  });
  try {
    program = startProgram([...archive.watching, ...archive.working], { env: archive.env });
    for (const [what, study] of Object.entries({ download, worker, storing })) {
      await check(`a ${what} that hangs is given up, and the study scored in the end`, async () => {
        await archive.untilScored(study);
        const [{ code, reason }] = attemptsAt(program, study);
        assert.deepEqual([code, reason], ['TIME_LIMIT', REASON]);
      });
    }
    assert.deepEqual([...open], []);
    await check('no image stays behind in a temporary file', async () => {
      await until('the end of the last job', PATIENCE_S, async () => archive.images().length === 0);
    });
  } catch (error) {
    throw new Error(`${error.stack}\n---\n${program?.output()}`);
  } finally {
    await program?.stop('SIGKILL');
    await archive.stop();
  }
}

async function oneAlwaysHangs(check) {
  const make = studyMaker();
  const [hanging, sound] = [3, 4].map(number => make('head', number));
  const lost = [];
  const redis = await startRedis();
  const archive = await archiveWith([hanging, sound], async url =>
    isOf(url, hanging) ? 'trickle' : undefined
  );
  const queue = ['--queue', redis.url];
  const server = startProgram([...archive.watching, ...queue]);
  const worker = startProgram(['worker', ...archive.working, ...queue], { env: archive.env });
  try {
    await check('with a queue, a study that always hangs keeps no other from being scored', () =>
      archive.untilScored(sound)
    );
    await check('and is kept as failed, with its reason', async () => {
      const state = await until('its failure', PATIENCE_S, async () => {
        const { studies } = JSON.parse(await archive.told('/studies'));
        return studies[hanging.uid]?.state === 'failed' && studies[hanging.uid];
      });
      assert.equal(state.reason, REASON);
      assert.equal(attemptsAt(worker, hanging).length, ATTEMPTS);
      const numbers = await archive.told('/metrics');
      assert.match(numbers, /outcomes_total\{outcome="failed",code="TIME_LIMIT"\} \d/);
      assert.match(numbers, /deep_aspects_jobs\{state="failed"\} 1/);
      assert.deepEqual(archive.images(), []);
    });
    await check('a server and a worker whose Redis is away end when they are told to', async () => {
      const away = ['--queue', `redis://127.0.0.1:${await freePort()}`];
      for (const args of [
        [...archive.watching, ...away],
        ['worker', '--workers', '1', ...away],
      ]) {
        const program = startProgram(args);
        lost.push(program);
        await until('its trouble', 60, async () => program.output().includes('ECONNREFUSED'));
        program.child.kill('SIGTERM');
        await until('its end', 30, async () => program.child.exitCode === 0);
      }
    });
  } catch (error) {
    throw new Error([error.stack, server.output(), worker.output()].join('\n---\n'));
  } finally {
    await Promise.all([server, worker].map(program => program.stop('SIGKILL')));
    lost.forEach(program => program.child.kill('SIGKILL'));
    await archive.stop();
    await redis.stop();
  }
}

export default {
  seconds: 120,
  name: 'a download, a worker and an archive that hang cost one attempt each',
  needsRedis: true,
  async run(check) {
    await Promise.all([eachHangsOnce(check), oneAlwaysHangs(check)]);
  },
};
