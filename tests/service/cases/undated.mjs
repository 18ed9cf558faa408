import assert from 'node:assert/strict';
import { startOrthanc } from '../../e2e/lib/orthanc.mjs';
import { outcomeIn } from '../lib/contents.mjs';
import { until, withPrograms } from '../lib/programs.mjs';
import { studyMaker, withDate } from '../lib/studies.mjs';

const PATIENCE_S = 120;

/** Studies without a Study Date: those that Orthanc announces, and those that it held before. */
export default {
  seconds: 60,
  name: 'studies without a Study Date are found without any hook',
  async run(check) {
    const orthanc = await startOrthanc();
    const make = studyMaker();
    const send = async instances => {
      for (const bytes of instances) {
        await orthanc.send(bytes);
      }
    };
    const outcome = ({ uid }) => outcomeIn(orthanc.dicomWeb, uid);
    const untilScored = study =>
      until(`the outcome of ${study.uid}`, PATIENCE_S, async () => (await outcome(study)) === 'scored');
    const [before, absent, early] = [
      withDate(make('head', 1), ''),
      withDate(make('head', 2), undefined),
      withDate(make('head', 3), '20000101'),
    ];
    await withPrograms([orthanc], async start => {
      const options = ['--workers', '1', '--settle', '2', '--poll', '1'];
      const serve = (...more) => start(['serve', '--dicomweb', orthanc.dicomWeb, ...options, ...more]);
      await send([...before.instances, ...early.instances]);
      await check('--once scores what lies there without a date, unless it is told not to', async () => {
        assert.equal((await serve('--once', '--dated-only').ended).status, 0);
        assert.equal(await outcome(before), 'nothing');
        assert.equal((await serve('--once').ended).status, 0);
        assert.equal(await outcome(before), 'scored');
      });
      const server = serve();
      await until('a look at all studies', PATIENCE_S, async () =>
        server.log().some(({ studies, undated }) => studies === 2 && undated === 1)
      );
      await check('one that comes slowly, without the attribute, is scored once and as a whole', async () => {
        const half = absent.instances.length / 2;
        await send(absent.instances.slice(0, half));
        await new Promise(resolve => setTimeout(resolve, 1000));
        await send(absent.instances.slice(half));
        await untilScored(absent);
        const told = server.log().filter(({ study }) => study === absent.uid);
        assert.deepEqual(
          told.map(line => line.outcome),
          ['scored']
        );
      });
      await check('a server that is started anew does nothing twice and loses nothing', async () => {
        await server.stop();
        const meanwhile = withDate(make('one slice', 4), '');
        await send(meanwhile.instances);
        const next = serve();
        await until(
          'its outcome',
          PATIENCE_S,
          async () => (await outcome(meanwhile)) === 'refused: TOO_FEW_SLICES'
        );
        assert.equal(await outcome(before), 'scored');
        assert.equal(await outcome(absent), 'scored');
        assert.deepEqual(
          next.log().flatMap(({ study = [] }) => study),
          [meanwhile.uid]
        );
      });
      await check('one with an early date is left alone', async () =>
        assert.equal(await outcome(early), 'nothing')
      );
    });
  },
};
