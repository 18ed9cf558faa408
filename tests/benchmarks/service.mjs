/**
 * The benchmark of scoring on arrival, against a real Orthanc: studies a minute with 1, 2 and 4 workers side
 * by side, time from the last instance stored to the result in the archive, and memory over many studies.
 * Prints Markdown and writes JSON. Linux only.
 *
 *   npm run bench -- --service [--studies N] [--memory N] [--only throughput|delay|memory]
 *   [--quick] [--json FILE]
 *
 * Throughput and delay: copies of a synthetic demo study, with the shipped networks; with --quick small
 * phantoms and the hand-made networks of the tests. Memory: N small phantoms (300). On a machine with other
 * work only the processor time of a study holds: more workers then take a larger share.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endOnSignals } from '../e2e/lib/leftovers.mjs';
import { startOrthanc } from '../e2e/lib/orthanc.mjs';
import { outcomeIn } from '../service/lib/contents.mjs';
import { startProgram, until } from '../service/lib/programs.mjs';
import { copiesOf, studyMaker } from '../service/lib/studies.mjs';
import { ROOT } from './lib/bundles.mjs';
import { usageOf } from './lib/processTree.mjs';
import { delayLine, memoryLine, throughputTable } from './lib/serviceTables.mjs';

const WORKERS = [1, 2, 4];
const DELAYS = 3;
/** Of the studies whose memory is looked at, the parts after which it is told. */
const PARTS = [1 / 6, 1 / 3, 2 / 3, 1];
const PATIENCE_S = 1800;
const SHIPPED = path.join(ROOT, 'models');
const DEMO_STUDY = path.join(ROOT, 'demo-server/demo-studies/left-mca');

const { values: options } = parseArgs({
  options: {
    service: { type: 'boolean' },
    studies: { type: 'string', default: '24' },
    memory: { type: 'string', default: '300' },
    only: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string', default: 'test-results/benchmark-service.json' },
  },
});
endOnSignals();
const studies = options.quick
  ? {
      models: undefined,
      make: () =>
        (
          make => number =>
            make('head', number)
        )(studyMaker()),
    }
  : { models: SHIPPED, make: () => copiesOf(DEMO_STUDY) };
const isWanted = name => name.includes(options.only);

const report = { createdAt: new Date().toISOString(), cores: os.cpus().length, load: [os.loadavg()[0]] };
if (isWanted('throughput')) {
  report.throughput = [];
  for (const workers of WORKERS) {
    report.throughput.push(await throughput(workers, Number(options.studies)));
  }
  console.log(throughputTable(report.throughput));
}
if (isWanted('delay')) {
  report.delaySeconds = await delays();
  console.log(delayLine(report.delaySeconds));
}
if (isWanted('memory')) {
  report.memory = await memory(Number(options.memory));
  console.log(memoryLine(report.memory));
}
report.load.push(os.loadavg()[0]);
console.log(
  `\n${report.cores} cores; load average ${report.load.map(load => load.toFixed(1)).join(' before, ')} after.`
);
const file = path.resolve(ROOT, options.json);
await mkdir(path.dirname(file), { recursive: true });
await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
console.log(`Written: ${path.relative(process.cwd(), file)}`);

/**
 * So many studies that lie in the archive already: time on the clock and of the processor from when each
 * worker has scored its first.
 */
async function throughput(workers, count) {
  const orthanc = await startOrthanc();
  const copy = studies.make();
  try {
    for (let number = 0; number < count; number++) {
      await send(orthanc, copy(number));
    }
    const args = ['serve', '--dicomweb', orthanc.dicomWeb, '--since', '1900-01-01', '--once'];
    const server = startProgram([...args, '--workers', String(workers)], { models: studies.models });
    const begun = await usageAfter(server, workers);
    // The last ones, one a worker, are not waited for: the program ends with them, all at about
    // the same time.
    const ended = await usageAfter(server, count - workers);
    await endWell(server);
    const done = ended.scored - begun.scored;
    return {
      workers,
      studies: done,
      studiesPerMinute: done / ((ended.at - begun.at) / 60_000),
      processorSecondsPerStudy: (ended.processorSeconds - begun.processorSeconds) / done,
    };
  } finally {
    await orthanc.stop();
  }
}

/**
 * Seconds from the answer to the last instance sent to the last object in the archive, with standard options
 * and one worker.
 */
async function delays() {
  const orthanc = await startOrthanc();
  const copy = studies.make();
  const args = ['serve', '--dicomweb', orthanc.dicomWeb, '--since', '1900-01-01', '--workers', '1'];
  const server = startProgram(args, { models: studies.models });
  try {
    const seconds = [];
    for (let number = 0; number < DELAYS; number++) {
      const study = copy(number);
      await send(orthanc, study);
      const sent = performance.now();
      await until(
        'the outcome',
        PATIENCE_S,
        async () => (await outcomeIn(orthanc.dicomWeb, study.uid)) === 'scored'
      );
      seconds.push((performance.now() - sent) / 1000);
    }
    return seconds;
  } finally {
    await server.stop();
    await orthanc.stop();
  }
}

/** Resident memory of a server and its one worker together, MB, after parts of so many studies. */
async function memory(count) {
  const orthanc = await startOrthanc();
  const make = studyMaker();
  try {
    for (let number = 0; number < count; number++) {
      await send(orthanc, make('head', number));
    }
    const args = [
      'serve',
      '--dicomweb',
      orthanc.dicomWeb,
      '--since',
      '1900-01-01',
      '--once',
      '--workers',
      '1',
    ];
    const server = startProgram(args);
    const samples = [];
    for (const part of PARTS) {
      const { scored, megabytes } = await usageAfter(server, Math.min(count - 1, Math.round(count * part)));
      samples.push({ studies: scored, megabytes });
      console.log(`${megabytes.toFixed(0)} MB after ${scored} studies`);
    }
    await endWell(server);
    return samples;
  } finally {
    await orthanc.stop();
  }
}

/** What a server and its workers use once it has scored so many studies. */
async function usageAfter(server, wanted) {
  const scored = () => server.log().filter(({ outcome }) => outcome === 'scored').length;
  await until(`${wanted} studies`, PATIENCE_S, async () => scored() >= wanted);
  return { at: performance.now(), scored: scored(), ...(await usageOf(server.child.pid)) };
}

async function endWell(server) {
  const { status } = await server.ended;
  if (status !== 0) {
    throw new Error(server.output().slice(-2000));
  }
}

async function send(orthanc, { instances }) {
  for (const bytes of instances) {
    await orthanc.send(bytes);
  }
}
