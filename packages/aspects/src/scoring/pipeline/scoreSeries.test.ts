import { resultSchema } from '../../../testing/resultSchema';
import { buildHeadCtSeries } from '../../series/buildHeadCtSeries';
import type { HeadCtSeries } from '../../series/headCtSeries';
import { pixelToPlane } from '../../series/sliceGeometry';
import { Refusal } from '../../base/refusal';
import { INFARCT_CLASS } from '../aspects/infarctClasses';
import { fakeAnatomyNetwork, fakeInfarctNetwork } from '../../../testing/fakeNetworks';
import { headPhantom, type PhantomOptions } from '../../../testing/headPhantom';
import { rescoreSeries } from './rescoreSeries';
import { DEFAULT_SCORING_RULE } from '../aspects/scoringRule';
import { prepareSeries } from './prepareSeries';
import { scoreSeries, type ScoreSeriesOptions } from './scoreSeries';
import type { Progress, ScoredSeries } from './types';

const PHANTOM: PhantomOptions = {
  size: 110,
  pixelSpacingMm: 2.2,
  heightsMm: Array.from({ length: 14 }, (_, i) => -25 + 5 * i),
  infarcts: [
    { side: 'left', region: 'M2' },
    { side: 'left', region: 'L' },
  ],
};
// Phantoms are painted pixel by pixel; a busy machine takes its time.
jest.setTimeout(120_000);

const RUNTIME = { provider: 'cpu', adapter: 'test', precision: 'fp32' } as const;

function score(
  phantom: PhantomOptions = {},
  options: Partial<ScoreSeriesOptions> = {}
): Promise<ScoredSeries> {
  return scoreSeries({
    series: buildHeadCtSeries(headPhantom({ ...PHANTOM, ...phantom }).reverse()),
    anatomy: fakeAnatomyNetwork(),
    infarct: fakeInfarctNetwork(),
    runtime: RUNTIME,
    ...options,
  });
}

const affected = ({ result }: ScoredSeries): string[] =>
  (['left', 'right'] as const).flatMap(side =>
    result.hemispheres[side].regions.filter(region => region.affected).map(({ id }) => `${id} ${side}`)
  );

describe('an infarct of the left lentiform nucleus and M2 scores 8 on the left', () => {
  test.each<readonly [string, PhantomOptions]>([
    ['straight', {}],
    ['rows from left to right', { rowDirection: [-1, 0, 0] }],
    ['columns from back to front', { columnDirection: [0, -1, 0] }],
    ['prone', { rowDirection: [-1, 0, 0], columnDirection: [0, -1, 0] }],
    ['turned by a quarter', { rowDirection: [0, 1, 0], columnDirection: [-1, 0, 0] }],
    ['with a tilted gantry', { tiltDeg: 12 }],
    ['head turned, rolled and shifted', { yawDeg: -15, rollDeg: 5, middle: [9, -14, 250] }],
    ['uneven slices', { heightsMm: [-20, -15, -10, -5, 0, 7, 14, 21, 28, 35, 42] }],
    ['thin slices', { heightsMm: Array.from({ length: 34 }, (_, i) => -24 + 2 * i) }],
  ])('%s', async (_, phantom) => {
    const scored = await score(phantom);
    expect(affected(scored)).toEqual(['L left', 'M2 left']);
    expect(scored.result).toMatchObject({ score: 8, affectedSide: 'left', bin: 'C' });
    expect(scored.result.infarct.rightMl).toBe(0);
  });
});

test('the result is complete, obeys its schema and has volumes near the truth', async () => {
  const now = new Date('2026-01-02T03:04:05Z');
  const { result, regions, infarct } = await score({}, { now: () => now });
  expect(resultSchema()(result)).toBe(true);
  expect(result.createdAt).toBe(now.toISOString());
  expect(result.models.map(({ task }) => task)).toEqual(['anatomy', 'infarct']);
  expect(regions).toHaveLength(14);
  expect(infarct.some(plane => plane.includes(1))).toBe(true);
  const lentiform = result.hemispheres.left.regions[1];
  // 12 x 28 mm over the slices from -10 to 10 mm, each of 5 mm.
  expect(Math.abs(lentiform.volumeMl - (12 * 28 * 25) / 1000)).toBeLessThan(1.2);
  expect(lentiform.infarctFraction).toBeGreaterThan(0.9);
  expect(lentiform.meanHu).toBeLessThan((lentiform.contralateralMeanHu as number) - 20);
  expect(result.levels.ganglionic).toEqual(['1.2.3.4', '1.2.3.5', '1.2.3.6', '1.2.3.7', '1.2.3.8']);
  expect(result.levels.supraganglionic[0]).toBe('1.2.3.9');
});

test('what was prepared beforehand gives the same score; of another series it is passed over', async () => {
  const [series, other] = [{}, { yawDeg: -15 }].map(change =>
    buildHeadCtSeries(headPhantom({ ...PHANTOM, ...change }))
  );
  const now = () => new Date('2026-01-02T03:04:05Z');
  const untimed = ({ result, ...maps }: ScoredSeries) => ({ ...maps, result: { ...result, runtime: null } });
  const plain = await score({}, { series, now });
  const ahead = await score({}, { series, now, prepared: await prepareSeries(series) });
  const mistaken = await score({}, { series, now, prepared: await prepareSeries(other) });
  expect(untimed(ahead)).toEqual(untimed(plain));
  expect(untimed(mistaken)).toEqual(untimed(plain));
});

test('an infarct outside the MCA territory costs nothing', async () => {
  const { result } = await score({
    infarcts: [],
    infarctAt: ([x, y, z]) => x < -5 && x > -40 && y > 58 && Math.abs(z) < 20,
  });
  expect(result).toMatchObject({ score: 10, affectedSide: 'none' });
  expect(result.infarct.outsideMcaMl).toBeGreaterThan(5);
  expect(result.infarct.rightMl).toBe(result.infarct.volumeMl);
});

/** A ball on the left, behind the middle; patient coordinates, mm. */
const isBlood = ([x, y, z]: readonly [number, number, number], height: number): boolean =>
  Math.hypot(x - 25, y - 25, z - height) < 13;

/** Dice of the ball and of what is drawn as suspected haemorrhage, over all pixels. */
function overlapOfBlood(series: HeadCtSeries, infarct: readonly Uint8Array[], height: number): number {
  const counts = { truth: 0, drawn: 0, both: 0 };
  infarct.forEach((plane, slice) => {
    const { x0, xx, xy, y0, yx, yy } = pixelToPlane(series, slice);
    plane.forEach((value, i) => {
      const [column, row] = [i % series.columns, Math.floor(i / series.columns)];
      const at = [x0 + xx * column + xy * row, y0 + yx * column + yy * row, series.slices[slice].position[2]];
      const truth = isBlood([at[0], at[1], at[2]], height);
      const drawn = value === INFARCT_CLASS.haemorrhage;
      counts.truth += Number(truth);
      counts.drawn += Number(drawn);
      counts.both += Number(truth && drawn);
    });
  });
  return (2 * counts.both) / (counts.truth + counts.drawn);
}

describe('blood is suspected where tissue is hyperdense', () => {
  // Slices of 5 mm, named from 1 at z = -25; thin ones share a plane of the search.
  test.each([
    ['in the middle of the brain', 20, {}, '1.2.3.10'],
    ['lower', 0, {}, '1.2.3.6'],
    [
      'on thin slices',
      20,
      { heightsMm: Array.from({ length: 46 }, (_, i) => -25 + 1.5 * i) },
      /^1\.2\.3\.(30|31|32)$/,
    ],
  ] as const)('and is told where: %s', async (_, height, shape, slice) => {
    const series = buildHeadCtSeries(
      headPhantom({ ...PHANTOM, ...shape, paint: (at, hu) => (isBlood(at, height) ? 70 : hu) })
    );
    const { result, infarct } = await score({}, { series });
    expect(result.warnings.map(({ code }) => code)).toContain('HEMORRHAGE_SUSPECTED');
    expect(result.haemorrhage.keySlice).toMatch(slice);
    expect(overlapOfBlood(series, infarct, height)).toBeGreaterThan(0.75);
  });

  test('and is drawn nowhere where the rule suspects none', async () => {
    const { result, infarct } = await score(
      { paint: (at, hu) => (isBlood(at, 20) ? 70 : hu) },
      { scoring: { minHyperdenseMl: 1000 } }
    );
    expect(result.haemorrhage).toMatchObject({ suspected: false });
    expect(result.haemorrhage.hyperdenseMl).toBeGreaterThan(5);
    expect(infarct.some(plane => plane.includes(INFARCT_CLASS.haemorrhage))).toBe(false);
  });

  test('and nowhere else', async () => {
    const { result } = await score();
    expect(result.warnings).toEqual([]);
    expect(result.haemorrhage).toEqual({ volumeMl: 0, hyperdenseMl: 0, suspected: false, keySlice: null });
  });
});

test('reader overrides and corrections go through the same function', async () => {
  const overrides = [{ side: 'right', region: 'M6', affected: true } as const];
  const series = buildHeadCtSeries(headPhantom(PHANTOM));
  const first = await score({}, { series });
  const direct = await score({}, { series, overrides });
  const again = rescoreSeries({
    ...first,
    series,
    overrides,
    base: first.result,
    scoring: DEFAULT_SCORING_RULE,
  });
  expect(again.hemispheres).toEqual(direct.result.hemispheres);
  expect(again).toMatchObject({ score: 8, affectedSide: 'both' });
  const undone = rescoreSeries({
    ...first,
    series,
    overrides: [],
    base: again,
    scoring: DEFAULT_SCORING_RULE,
  });
  expect({ ...undone, createdAt: '' }).toEqual({ ...first.result, createdAt: '' });
});

test('progress never falls and ends at 100', async () => {
  const seen: Progress[] = [];
  await score({}, { onProgress: progress => seen.push(progress) });
  expect(seen.every(({ percent }, i) => i === 0 || percent >= seen[i - 1].percent)).toBe(true);
  expect(seen[seen.length - 1]).toMatchObject({ step: 'score', percent: 100 });
  expect([...new Set(seen.map(({ step }) => step))]).toEqual([
    'preprocess',
    'anatomy',
    'infarct',
    'postprocess',
    'score',
  ]);
});

test('what the anatomy network sees outside the skull does not count', async () => {
  const anatomy = fakeAnatomyNetwork();
  const seeing = {
    ...anatomy,
    run: async (input: Float32Array) => {
      const labels = (await anatomy.run(input)).slice();
      // 15 x 60 mm in front of the face, as large as M1 itself.
      for (let row = 0; row < 15; row++) {
        labels.fill(5, row * 224 + 80, row * 224 + 140);
      }
      return labels;
    },
  };
  const [plain, stray] = [await score(), await score({}, { anatomy: seeing })];
  expect(stray.result.hemispheres).toEqual(plain.result.hemispheres);
  expect(stray.regions).toEqual(plain.regions);
});

describe('refused', () => {
  afterEach(() => jest.restoreAllMocks());

  test('CANCELLED within one network run, though the thread is never idle', async () => {
    const signal = { aborted: false };
    let runs = 0;
    const anatomy = fakeAnatomyNetwork();
    const counting = { ...anatomy, run: (input: Float32Array) => anatomy.run(input).finally(() => runs++) };
    // Each run holds the thread for as long as a real one does, whatever this machine can do.
    let now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => (now += 100));
    const running = score(
      {},
      {
        anatomy: counting,
        signal,
        onProgress: ({ step, done }) =>
          step === 'anatomy' && done === 2 && setTimeout(() => (signal.aborted = true), 0),
      }
    );
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(runs).toBeLessThan(8);
  });

  test('NO_BRAIN where the anatomy network recognises nothing', async () => {
    const blind = { ...fakeAnatomyNetwork(), run: async () => new Uint8Array(224 * 224) };
    await expect(score({}, { anatomy: blind })).rejects.toMatchObject({ code: 'NO_BRAIN' });
  });

  test('MODEL_UNAVAILABLE where a network gives an output of another size', async () => {
    const odd = { ...fakeInfarctNetwork(), run: async () => new Uint8Array(10) };
    await expect(score({}, { infarct: odd })).rejects.toBeInstanceOf(Refusal);
  });
});

describe('networks that run concurrently', () => {
  /** Answers nothing before the third run is asked for. */
  const concurrent = (network = fakeInfarctNetwork()) => {
    let [asked, answered, most] = [0, 0, 0];
    let release: () => void;
    const third = new Promise<void>(resolve => (release = resolve));
    const run = async (input: Float32Array) => {
      most = Math.max(most, ++asked - answered);
      if (asked === 3) {
        release();
      }
      await third;
      return network.run(input).finally(() => answered++);
    };
    return { network: { ...network, runsAhead: 3, run }, most: () => most };
  };

  test('give the same, and progress never falls', async () => {
    const seen: Progress[] = [];
    const { network, most } = concurrent();
    const scored = await score({}, { infarct: network, onProgress: progress => seen.push(progress) });
    const reference = await score();
    expect(scored.regions).toEqual(reference.regions);
    expect(scored.infarct).toEqual(reference.infarct);
    expect(most()).toBe(3);
    expect(seen.every(({ percent }, i) => i === 0 || percent >= seen[i - 1].percent)).toBe(true);
  });

  test('stop when the other one fails', async () => {
    const { network } = concurrent();
    let runs = 0;
    let fail: () => void;
    const failed = new Promise<void>(resolve => (fail = resolve));
    // Answers nothing before the other one fails, however busy the machine is.
    const counting = {
      ...network,
      run: async (input: Float32Array) => {
        runs++;
        const output = await network.run(input);
        await failed;
        return output;
      },
    };
    const failing = {
      ...fakeAnatomyNetwork(),
      run: () => {
        fail();
        return Promise.reject(new Refusal('MODEL_UNAVAILABLE', 'no'));
      },
    };
    await expect(score({}, { anatomy: failing, infarct: counting })).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
    });
    const before = runs;
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(runs).toBe(before);
    // Those asked for ahead, and at most as many that were asked for as the first were answered.
    expect(runs).toBeLessThanOrEqual(2 * network.runsAhead);
  });
});
