import path from 'node:path';
import { freePort, startOrthanc } from '../../e2e/lib/orthanc.mjs';
import { outcomeIn } from '../lib/contents.mjs';
import { startProgram, until } from '../lib/programs.mjs';
import { studyMaker, withDate } from '../lib/studies.mjs';

const HOOK = path.resolve(import.meta.dirname, '../../../deploy/onStableStudy.lua');
/** So long that only the hook can have told. */
const NEVER = '86400';
/** Later than the studies, so that no list by date has them. */
const SINCE = '2026-06-01';

export default {
  seconds: 15,
  name: 'Orthanc tells of a complete study by itself',
  async run(check) {
    const port = await freePort();
    const env = { DEEP_ASPECTS_SERVE: `http://127.0.0.1:${port}` };
    const orthanc = await startOrthanc({ lua: [HOOK], stableAge: 2, env });
    const options = ['--poll', NEVER, '--settle', NEVER, '--since', SINCE, '--workers', '1', '--dated-only'];
    const server = startProgram([
      'serve',
      '--dicomweb',
      orthanc.dicomWeb,
      '--listen',
      String(port),
      ...options,
    ]);
    try {
      await until('the server', 60, async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok);
      const make = studyMaker();
      const [early, undated] = [make('head', 1), withDate(make('head', 2), '')];
      for (const bytes of [...early.instances, ...undated.instances]) {
        await orthanc.send(bytes);
      }
      await check(
        'and it is scored, though no list of the server has it: early, or without a date',
        async () => {
          for (const { uid } of [early, undated]) {
            await until(
              'the outcome',
              120,
              async () => (await outcomeIn(orthanc.dicomWeb, uid)) === 'scored'
            );
          }
        }
      ).catch(error => {
        throw new Error(`${error.stack}\n${server.output()}`);
      });
    } finally {
      await server.stop('SIGKILL');
      await orthanc.stop();
    }
  },
};
