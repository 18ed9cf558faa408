import assert from 'node:assert/strict';
import { startOrthanc } from '../../e2e/lib/orthanc.mjs';
import { outcomeIn, unreplacedReports } from '../lib/contents.mjs';
import { until, withPrograms } from '../lib/programs.mjs';
import { studyMaker } from '../lib/studies.mjs';

const PATIENCE_S = 120;
/** Several times what the server waits before it takes a study for complete, ms. */
const QUIET_MS = 6_000;
/** The attribute (0008,0018) in explicit little endian. */
const SOP_INSTANCE_UID = /\x08\0\x18\0UI..([\d.]+)/s;

/** Images that come more than once, to an archive that keeps the first and to one that keeps the last. */
export default {
  seconds: 90,
  name: 'duplicates: images that are sent twice, as they are or under another UID',
  async run(check) {
    await sentAgain(check, 'keeps the first');
    await sentAgain(check, 'overwrites');
  },
};

async function sentAgain(check, archive) {
  const orthanc = await startOrthanc({ overwrites: archive === 'overwrites' });
  const study = studyMaker()('head', 1);
  const outcome = () => outcomeIn(orthanc.dicomWeb, study.uid);
  const send = async instances => {
    for (const bytes of instances) {
      await orthanc.send(bytes);
    }
  };
  await withPrograms([orthanc], async start => {
    const options = ['--since', '2026-01-01', '--workers', '1', '--poll', '1', '--settle', '2'];
    const server = start(['serve', '--dicomweb', orthanc.dicomWeb, ...options]);
    const scores = () => server.log().filter(line => line.outcome === 'scored');
    const sendUntilScored = (what, instances, before) =>
      until(what, PATIENCE_S, async () => {
        await send(instances);
        return scores().length > before;
      });
    const untilItStays = async wanted => {
      await until(wanted, PATIENCE_S, async () => (await outcome()) === wanted);
      await new Promise(resolve => setTimeout(resolve, QUIET_MS));
      assert.equal(await outcome(), wanted);
      const sides = new Set(scores().map(({ score, side }) => `${score} ${side}`));
      assert.equal(sides.size, 1, 'the same score each time');
      assert.equal((await unreplacedReports(orthanc.dicomWeb, study.uid)).length, 1);
    };

    await check(
      `an archive that ${archive}: the same images again, also while and after they are scored, are one result`,
      async () => {
        await send([...study.instances, ...study.instances]);
        await sendUntilScored('its end', study.instances, 0);
        await send(study.instances);
        await untilItStays('scored');
        assert.equal(scores().length, 1);
      }
    );
    await check(
      `an archive that ${archive}: a slice once more under a later UID has the report stay, one series each`,
      async () => {
        await sendUntilScored('a second look', [underAnotherUid(study.instances[6], '7')], 1);
        // The picture, once more, says that these images have been looked at.
        await untilItStays('OT of 2, SEG, SR');
      }
    );
    await check(
      `an archive that ${archive}: under an earlier UID it is the one that is scored, as the version after`,
      async () => {
        await sendUntilScored('a third look', [underAnotherUid(study.instances[6], '1')], 2);
        await untilItStays('OT, OT of 2, SEG, SEG, SR, SR');
      }
    );
  });
}

/** The same image as another instance, whose UID has the same length and is of this digit. */
function underAnotherUid(bytes, digit) {
  const text = bytes.toString('latin1');
  const [, uid] = SOP_INSTANCE_UID.exec(text);
  return Buffer.from(text.replaceAll(uid, `2.25.${digit.repeat(uid.length - 5)}`), 'latin1');
}
