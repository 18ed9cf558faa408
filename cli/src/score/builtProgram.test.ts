import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AspectsResult } from '@deep-aspects/aspects/scoring';

/**
 * The program as it is run, on the hand-made networks; it builds itself where it is older than its sources.
 */
jest.setTimeout(600_000);

const root = process.cwd();
const PROGRAM = join(root, 'cli/bin/deep-aspects.mjs');
const phantom = mkdtempSync(join(tmpdir(), 'deep-aspects-'));

function score(...options: string[]) {
  const args = ['score', phantom, '--models', join(root, 'tests/fixtures/models'), '--json', '-', ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' });
  return { status, stderr, json: JSON.parse(stdout || 'null') };
}

function summary({ score, affectedSide, bin, hemispheres, infarct, warnings }: AspectsResult) {
  const affected = (side: 'left' | 'right') =>
    hemispheres[side].regions.filter(region => region.affected).map(({ id }) => id);
  const [volumeMl, outsideMcaMl] = [infarct.volumeMl, infarct.outsideMcaMl].map(ml => Math.round(ml));
  const codes = warnings.map(({ code }) => code);
  return {
    score,
    affectedSide,
    bin,
    left: affected('left'),
    right: affected('right'),
    volumeMl,
    outsideMcaMl,
    codes,
  };
}

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'tests/fixtures/phantomDicom.mjs'), phantom]);
});

it('reads the phantom as it always did', () => {
  const { status, json, stderr } = score();
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(json.runtime).toMatchObject({ provider: 'cpu' });
  expect(summary(json)).toEqual({
    score: 6,
    affectedSide: 'left',
    bin: 'B',
    left: ['L', 'I', 'M2', 'M5'],
    right: [],
    volumeMl: 80,
    outsideMcaMl: 1,
    // Its slices are said to be half as thick as they lie apart.
    codes: ['LOW_CONFIDENCE', 'THICK_SLICES'],
  });
});

it('leaves nothing in the home folder, where the runtime would keep what it tells its maker', () => {
  const home = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
  const args = ['score', phantom, '--models', join(root, 'tests/fixtures/models'), '--json', '-'];
  const env = { PATH: process.env.PATH, HOME: home };
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', env });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(readdirSync(home)).toEqual([]);
});

it('reads the same from files of other names in another order', () => {
  const { json: before } = score();
  readdirSync(phantom).forEach((name, index, all) =>
    renameSync(
      join(phantom, name),
      join(phantom, `${String.fromCharCode(97 + ((index * 3) % all.length))}-renamed`)
    )
  );
  const { json: after } = score();
  const withoutTimes = ({ hemispheres, infarct, levels, series }: AspectsResult) => ({
    hemispheres,
    infarct,
    levels,
    series,
  });
  expect(withoutTimes(after)).toEqual(withoutTimes(before));
});

it('runs on WebGPU, or says that it cannot and what to do', () => {
  const { status, json, stderr } = score('--provider', 'webgpu');
  if (status === 0) {
    expect(json.runtime.provider).toBe('webgpu');
    expect(summary(json)).toMatchObject({ score: 6, left: ['L', 'I', 'M2', 'M5'], right: [] });
  } else {
    expect(status).toBe(3);
    expect(json.error.code).toBe('MODEL_UNAVAILABLE');
    expect(stderr).toContain('try --provider cpu');
  }
});

describe('told to stop in the midst of a batch', () => {
  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  async function until(what: () => boolean): Promise<void> {
    for (let tries = 0; tries < 600 && !what(); tries++) {
      await pause(100);
    }
    expect(what()).toBe(true);
  }

  /** Scores two studies in a process each, and is sent a signal once both have begun. */
  async function stopped(signal: NodeJS.Signals) {
    const out = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
    const studies = ['left-mca', 'right-small'].map(name => join(root, 'demo-server/demo-studies', name));
    const options = ['--models', join(root, 'tests/fixtures/models'), '--jobs', '2'];
    const outputs = ['--json', join(out, 'r.jsonl'), '--seg', join(out, 'seg/')];
    const program = spawn(process.execPath, [PROGRAM, 'score', ...studies, ...options, ...outputs]);
    let stderr = '';
    program.stderr.on('data', text => (stderr += text));
    const children = `/proc/${program.pid}/task/${program.pid}/children`;
    const workers = () => readFileSync(children, 'utf8').trim().split(' ').filter(Boolean).map(Number);
    await until(() => workers().length === 2);
    const pids = workers();
    program.kill(signal);
    const [status] = (await once(program, 'exit')) as [number | null];
    return { status, stderr, pids, files: readdirSync(out, { recursive: true }) };
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'by %s it ends with status %i, without workers and without half a file',
    async (signal, status) => {
      const end = await stopped(signal);
      expect(end).toMatchObject({ status, files: ['seg'] });
      expect(end.stderr).toContain(`stopped by ${signal}\n`);
      expect(end.pids.filter(isAlive)).toEqual([]);
    }
  );

  it('by force, its workers end too', async () => {
    const { pids, files } = await stopped('SIGKILL');
    await until(() => !pids.some(isAlive));
    expect(files).toEqual(['seg']);
  });
});
