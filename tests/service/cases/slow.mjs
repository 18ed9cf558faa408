import assert from 'node:assert/strict';
import { startOrthanc } from '../../e2e/lib/orthanc.mjs';
import { outcomeIn } from '../lib/contents.mjs';
import { startFaultyProxy } from '../lib/faultyProxy.mjs';
import { until, withPrograms } from '../lib/programs.mjs';
import { studyMaker } from '../lib/studies.mjs';

/** How far the archive is away, ms; a study of 14 images, four at a time, takes four times as long. */
const AWAY_MS = 2_000;
const PATIENCE_S = 150;

/** A server that is told to stop between the first object that it stores and the last. */
export default {
  seconds: 90,
  name: 'an archive two seconds away, and a server that is stopped while it stores',
  async run(check) {
    const orthanc = await startOrthanc();
    let stored = 0;
    let onStore = () => undefined;
    const proxy = await startFaultyProxy(orthanc.root, async (_url, method) => {
      await new Promise(resolve => setTimeout(resolve, AWAY_MS));
      if (method === 'POST') {
        stored++;
        onStore();
      }
      return undefined;
    });
    const study = studyMaker()('head', 1);
    const send = async () => {
      for (const bytes of study.instances) {
        await orthanc.send(bytes);
      }
    };
    await withPrograms([proxy, orthanc], async start => {
      const options = ['--since', '2026-01-01', '--poll', '1', '--settle', '1', '--workers', '1'];
      const serve = () => start(['serve', '--dicomweb', proxy.dicomWeb, ...options]);
      const server = serve();
      const isStoring = new Promise(resolve => (onStore = resolve));
      await send();
      await check('told to stop while it stores, it stores the rest and ends well', async () => {
        await Promise.race([
          isStoring,
          server.ended.then(() => Promise.reject(new Error('it ended by itself'))),
        ]);
        assert.notEqual(await outcomeIn(orthanc.dicomWeb, study.uid), 'scored');
        assert.deepEqual(await server.stop(), { status: 0, signal: null });
        assert.equal(await outcomeIn(orthanc.dicomWeb, study.uid), 'scored');
      });
      await check('the same images sent again, and the next server, change nothing', async () => {
        await send();
        const before = stored;
        const next = serve();
        await until('a look', PATIENCE_S, async () => next.log().length > 0);
        await new Promise(resolve => setTimeout(resolve, 10 * AWAY_MS));
        // A job that had begun would be ended first.
        assert.deepEqual(await next.stop(), { status: 0, signal: null });
        assert.equal(stored, before);
        assert.equal(await outcomeIn(orthanc.dicomWeb, study.uid), 'scored');
      });
    });
  },
};
