import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AspectsResult } from '@deep-aspects/aspects/scoring';

/** The program as it is run, on the hand-made networks; it builds itself where it is older than its sources. */
jest.setTimeout(600_000);

const root = process.cwd();
const phantom = mkdtempSync(join(tmpdir(), 'deep-aspects-'));

function score(...options: string[]) {
  const args = ['score', phantom, '--models', join(root, 'tests/fixtures/models'), '--json', '-', ...options];
  const program = join(root, 'cli/bin/deep-aspects.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
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
    codes: ['THICK_SLICES'],
  });
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
