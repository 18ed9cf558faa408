import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { CaseRecord } from '@deep-aspects/aspects/evaluation';
import { Refusal } from '@deep-aspects/aspects/series';
import type { CommandHost } from '../commandHost';
import { readRecords } from '../compare/recordsFile';
import { textOutput } from '../output/textOutput';
import type { CaseFolder } from './dataSet';
import { evaluateCase } from './evaluateCase';
import { evaluateCommand } from './evaluateCommand';

jest.mock('./evaluateCase');
jest.setTimeout(240_000);

const MODELS = resolve(process.cwd(), 'tests/fixtures/models');
const COUNT = 1200;
const BAD = new Set(['case-0007', 'case-0900']);

/** Case folders with a scan that nobody reads: scoring is played. */
function cohort(): string {
  const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
  for (let index = 0; index < COUNT; index++) {
    const name = join(folder, `case-${String(index).padStart(4, '0')}`);
    mkdirSync(name);
    writeFileSync(join(name, 'ct.nii.gz'), 'x');
  }
  return folder;
}

/** As large as a scan while it is worked on; only the record comes back. */
function played({ name }: CaseFolder): CaseRecord {
  if (BAD.has(name)) {
    throw new Refusal('NO_BRAIN', 'There is no brain.');
  }
  const scan = new Float32Array(1_000_000).fill(name.length);
  const score = Number(name.slice(-1));
  return {
    name,
    readings: { model: { score, side: null }, 'reader A': { score: scan[0] > 0 ? score : 0, side: null } },
    regions: [],
    seconds: 1,
  };
}

function usedMegabytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

it('streams over a cohort, lists failures at the end, and a second run does only what is missing', async () => {
  const folder = cohort();
  const out = join(mkdtempSync(join(tmpdir(), 'deep-aspects-')), 'results.json');
  const records = `${out}.records`;
  const text = { stderr: '' };
  const host = {
    stdout: textOutput({ write: () => undefined }),
    stderr: textOutput({ write: written => (text.stderr += written) }),
    defaultModels: MODELS,
  } as unknown as CommandHost;
  const mocked = jest.mocked(evaluateCase);
  const used: number[] = [];
  mocked.mockImplementation(given => {
    const number = Number(given.name.slice(-4));
    if (number === 200 || number === COUNT - 1) {
      used.push(usedMegabytes());
    }
    return new Promise(done => done(played(given)));
  });
  const options = ['--json', out, '--records', records, '--bootstrap', '10'];
  expect(await evaluateCommand([folder, ...options], host)).toBe(3);
  expect(used).toHaveLength(2);
  // Scans of 4 MB each, of which a record is kept; some have not been let go when it is measured.
  expect(used[1] - used[0]).toBeLessThan((4 * (COUNT - 200)) / 20);
  expect(text.stderr).toMatch(
    /2 case\(s\) could not be evaluated:\n {2}case-0007: NO_BRAIN.*\n {2}case-0900/
  );
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ cases: COUNT - 2 });
  expect(readRecords(records).records).toHaveLength(COUNT - 2);

  mocked.mockClear();
  expect(await evaluateCommand([folder, ...options], host)).toBe(3);
  expect(mocked.mock.calls.map(([given]) => given.name)).toEqual([...BAD]);
});
