import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startProgram, until } from '../lib/programs.mjs';
import { queueView } from '../lib/queueView.mjs';
import { startRedis } from '../lib/redis.mjs';
import { studyMaker } from '../lib/studies.mjs';

const KINDS = ['head', 'one slice', 'head', 'no brain', 'head'];

/** Studies as folders of files; those that `evaluate` wants lie under `ct`. */
function writeStudies(folder) {
  const make = studyMaker();
  KINDS.forEach((kind, index) => {
    const target = path.join(folder, `case-${index}`, 'ct');
    mkdirSync(target, { recursive: true });
    make(kind, index).instances.forEach((bytes, number) =>
      writeFileSync(path.join(target, `${number}.dcm`), bytes)
    );
  });
}

/** What does not depend on who computed, and when. */
function comparable(line) {
  const result = JSON.parse(line);
  delete result.createdAt;
  delete result.runtime;
  return JSON.stringify(result);
}

const linesOf = file => readFileSync(file, 'utf8').trim().split('\n').map(comparable).sort();

/** The numbers of all cases, without the times of computing. */
function numbersOf(file) {
  const { records } = JSON.parse(readFileSync(file, 'utf8'));
  return records.map(record => ({ ...record, seconds: 0 }));
}

export default {
  seconds: 20,
  name: 'a cohort on several machines gives what one machine gives',
  needsRedis: true,
  async run(check) {
    const redis = await startRedis();
    const folder = mkdtempSync(path.join(tmpdir(), 'deep-aspects-cohort-'));
    const workers = [1, 2].map(() => startProgram(['worker', '--queue', redis.url, '--workers', '1']));
    const queue = queueView(redis.url);
    const file = name => path.join(folder, name);
    const data = file('data');
    const finish = async (...args) => {
      const program = startProgram(args);
      const { status } = await program.ended;
      return { status, output: program.output() };
    };
    try {
      writeStudies(data);
      await check('score: the same lines, and the SEG files where they were asked for', async () => {
        const here = await finish('score', data, '--json', file('here.jsonl'));
        const there = await finish(
          ...['score', data, '--json', file('there.jsonl'), '--queue', redis.url],
          ...['--seg', `${file('seg')}/`]
        );
        assert.equal(there.status, here.status, there.output);
        const lines = linesOf(file('there.jsonl'));
        assert.deepEqual(lines, linesOf(file('here.jsonl')));
        assert.equal(lines.length, KINDS.length);
        assert.equal(readdirSync(file('seg')).length, KINDS.filter(kind => kind === 'head').length);
      });
      await check('evaluate: the same numbers of each case', async () => {
        const here = await finish('evaluate', data, '--records', file('here.json'));
        const there = await finish('evaluate', data, '--records', file('there.json'), '--queue', redis.url);
        // Some of the cases are refused, and the status says so.
        assert.equal(here.status, 3, here.output);
        assert.equal(there.status, 3, there.output);
        const numbers = numbersOf(file('there.json'));
        assert.deepEqual(numbers, numbersOf(file('here.json')));
        assert.equal(numbers.length, KINDS.filter(kind => kind === 'head').length);
      });
      await Promise.all(workers.map(worker => worker.stop('SIGKILL')));
      for (const [command, output, signal, status] of [
        ['score', '--json', 'SIGINT', 130],
        ['score', '--json', 'SIGTERM', 143],
        ['evaluate', '--records', 'SIGINT', 130],
      ]) {
        await check(
          `${command} stopped by ${signal} leaves no task in the queue and no half file`,
          async () => {
            const target = file(`stopped-${command}-${signal}.json`);
            const program = startProgram([command, data, output, target, '--queue', redis.url]);
            await until('tasks in the queue', 60, async () => (await queue.waiting()) === KINDS.length);
            const { status: ended } = await program.stop(signal);
            assert.equal(ended, status, program.output());
            assert.equal(await queue.waiting(), 0);
            const left = readdirSync(folder).filter(name => name.startsWith('stopped-'));
            assert.deepEqual(left, []);
          }
        );
      }
    } finally {
      await Promise.all(workers.map(worker => worker.stop('SIGKILL')));
      queue.stop();
      await redis.stop();
      rmSync(folder, { recursive: true });
    }
  },
};
