import assert from 'node:assert/strict';
import { startOrthanc } from '../../e2e/lib/orthanc.mjs';
import { outcomeIn, unreplacedReports } from '../lib/contents.mjs';
import { startProgram, until } from '../lib/programs.mjs';
import { studyMaker } from '../lib/studies.mjs';

const PATIENCE_S = 120;
const QUIET_MS = 5_000;
/** The attribute (0008,0018) in explicit little endian. */
const SOP_INSTANCE_UID = /(\x08\0\x18\0UI..)([\d.]+)/s;

/** Images that come more than once. */
export default {
  seconds: 60,
  name: 'images that are sent twice, as they are or under another UID',
  async run(check) {
    const orthanc = await startOrthanc();
    const study = studyMaker()('head', 1);
    const send = async instances => {
      for (const bytes of instances) {
        await orthanc.send(bytes);
      }
    };
    const server = startProgram([
      ...['serve', '--dicomweb', orthanc.dicomWeb, '--since', '2026-01-01', '--workers', '1'],
      ...['--poll', '1', '--settle', '2'],
    ]);
    const untilOutcome = wanted =>
      until(wanted, PATIENCE_S, async () => (await outcomeIn(orthanc.dicomWeb, study.uid)) === wanted);
    const quiet = () => new Promise(resolve => setTimeout(resolve, QUIET_MS));
    try {
      await check('every image sent three times, also while it is scored, is one result', async () => {
        await send([...study.instances, ...study.instances]);
        await until('its end', PATIENCE_S, async () => {
          await send(study.instances);
          return server.log().some(({ outcome }) => outcome === 'scored');
        });
        await quiet();
        assert.equal(await outcomeIn(orthanc.dicomWeb, study.uid), 'scored');
      });
      const [first] = scoresIn(server);
      await check('a slice that comes once more under another UID gives the same score, anew', async () => {
        await send([underAnotherUid(study.instances[6])]);
        await untilOutcome('OT, OT, SEG, SEG, SR, SR');
        await quiet();
        assert.deepEqual(scoresIn(server), [first, first]);
        assert.equal((await unreplacedReports(orthanc.dicomWeb, study.uid)).length, 1);
        assert.equal(await outcomeIn(orthanc.dicomWeb, study.uid), 'OT, OT, SEG, SEG, SR, SR');
      });
    } catch (error) {
      throw new Error(`${error.stack}\n${server.output()}`);
    } finally {
      await server.stop('SIGKILL');
      await orthanc.stop();
    }
  },
};

/** Score and side of each result, as logged. */
const scoresIn = server =>
  server
    .log()
    .filter(({ outcome }) => outcome === 'scored')
    .map(({ score, side }) => `${score} ${side}`);

/** The same image as another instance. */
function underAnotherUid(bytes) {
  const text = bytes.toString('latin1');
  const uid = SOP_INSTANCE_UID.exec(text)[2];
  // Of the same length, and no other slice's.
  const other = `2.25.${'7'.repeat(uid.length - 5)}`;
  return Buffer.from(text.replaceAll(uid, other), 'latin1');
}
