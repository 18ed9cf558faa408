import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DicomStudy } from './findStudies';
import type { ScoreSettings } from './scorer';
import { processScorer, WORKER_ARGUMENT } from './workerPool';

const SETTINGS: ScoreSettings = { models: '/none', provider: 'cpu', threads: 1 };
const study = (studyInstanceUID: string): DicomStudy => ({ kind: 'dicom', studyInstanceUID, series: [] });

/** A program whose worker ends, as a decoder that crashes ends it, at the study "crash". */
function program(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'deep-aspects-')), 'program.cjs');
  writeFileSync(
    file,
    `let settings;
    if (process.argv[2] !== '${WORKER_ARGUMENT}') process.exit(7);
    process.on('message', order => {
      if (order.settings) { settings = order.settings; return; }
      const uid = order.job.studyInstanceUID;
      if (uid === 'crash') process.kill(process.pid, 'SIGKILL');
      process.send({ kind: 'scored', result: { uid, pid: process.pid, threads: settings.threads } });
    });`
  );
  return file;
}

it('loses the study at which its process crashes, and no other', async () => {
  const scorer = processScorer(program(), SETTINGS);
  const before = await scorer.score(study('1'));
  const crashed = await scorer.score(study('crash'));
  const after = await scorer.score(study('2'));
  await scorer.close();
  expect(before).toMatchObject({ kind: 'scored', result: { uid: '1', threads: 1 } });
  expect(crashed).toEqual({
    kind: 'failed',
    error: {
      code: 'INTERNAL_ERROR',
      message: 'the worker process ended (SIGKILL)',
      details: { study: 'crash' },
    },
  });
  expect(after).toMatchObject({ kind: 'scored', result: { uid: '2', threads: 1 } });
  const pidOf = (outcome: unknown) => (outcome as { result: { pid: number } }).result.pid;
  expect(pidOf(after)).not.toBe(pidOf(before));
});

it('says so where the process ends before it has begun', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'deep-aspects-')), 'program.cjs');
  writeFileSync(file, 'process.exit(1);');
  const scorer = processScorer(file, SETTINGS);
  expect(await scorer.score(study('1'))).toMatchObject({
    kind: 'failed',
    error: { message: 'the worker process ended (status 1)' },
  });
  await scorer.close();
});
