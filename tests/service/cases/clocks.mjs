import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { startOrthanc } from '../../e2e/lib/orthanc.mjs';
import { outcomeIn } from '../lib/contents.mjs';
import { until, withPrograms } from '../lib/programs.mjs';
import { startRedis } from '../lib/redis.mjs';
import { studyMaker, withDate } from '../lib/studies.mjs';

const SHIFTED_CLOCK = pathToFileURL(path.resolve(import.meta.dirname, '../lib/shiftedClock.mjs')).href;
const DAY_MS = 86_400_000;
const QUIET_MS = 5_000;

/** A machine in a time zone, whose clock is off. */
const machine = (TZ, hours) => ({
  env: { TZ, SHIFT_HOURS: String(hours), NODE_OPTIONS: `--import=${SHIFTED_CLOCK}` },
});

/** So many days from today on, at the westernmost place, `YYYYMMDD`. */
const day = days =>
  new Date(Date.now() - DAY_MS / 2 + days * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');

/** Servers, workers and scanners do not agree about the time, nor about the time zone. */
export default {
  seconds: 50,
  name: 'clocks that differ: a study dated tomorrow and one of yesterday at midnight are scored once',
  needsRedis: true,
  async run(check) {
    const orthanc = await startOrthanc();
    const redis = await startRedis();
    const make = studyMaker();
    const studies = [
      ['tomorrow', withDate(make('head', 1), day(2))],
      ['yesterday at midnight', withDate(make('head', 2), day(-1))],
      ['no day', withDate(make('head', 3), '')],
      ['ten years from now', withDate(make('head', 4), day(3650))],
    ];
    const old = withDate(make('head', 5), day(-30));
    await withPrograms([redis, orthanc], async start => {
      const queue = ['--queue', redis.url];
      const server = ['serve', '--dicomweb', orthanc.dicomWeb, '--poll', '1', '--settle', '1', ...queue];
      const worker = ['worker', '--workers', '1', ...queue];
      const sent = [...studies.map(([, study]) => study), old];
      for (const bytes of sent.flatMap(({ instances }) => instances)) {
        await orthanc.send(bytes);
      }
      start(server, machine('Pacific/Pago_Pago', -1));
      start(worker, machine('Pacific/Kiritimati', 1));
      for (const [name, { uid }] of studies) {
        await check(`the study of ${name} is scored`, () =>
          until('its outcome', 120, async () => (await outcomeIn(orthanc.dicomWeb, uid)) === 'scored')
        );
      }
      await check('a server ahead by a day and a worker with the right time change nothing', async () => {
        const ahead = start(server, machine('UTC', 24));
        start(worker);
        await until('a look', 60, async () => ahead.log().some(({ undated }) => undated === 1));
        await new Promise(resolve => setTimeout(resolve, QUIET_MS));
        for (const [, { uid }] of studies) {
          assert.equal(await outcomeIn(orthanc.dicomWeb, uid), 'scored');
        }
        assert.equal(await outcomeIn(orthanc.dicomWeb, old.uid), 'nothing');
      });
    });
  },
};
