import type { AspectsResult } from '../aspects/aspectsResult';
import { DEFAULT_SCORING_RULE } from '../aspects/scoringRule';
import type { HeadCtSeries, Vec3 } from '../../series/headCtSeries';
import { buildHeadCtSeries } from '../../series/buildHeadCtSeries';
import { fakeAnatomyNetwork, fakeInfarctNetwork } from '../../../testing/fakeNetworks';
import { headPhantom, type PhantomOptions } from '../../../testing/headPhantom';
import { rescoreSeries } from './rescoreSeries';
import { scoreSeries } from './scoreSeries';
import type { ScoredSeries } from './types';

// Phantoms are painted pixel by pixel; a busy machine takes its time.
jest.setTimeout(240_000);

const LEVELS = Array.from({ length: 14 }, (_, i) => -25 + 5 * i);
const INFARCTS = [
  { side: 'right', region: 'M5' },
  { side: 'right', region: 'M2' },
] as const;

const HALF_VAULT_MISSING: PhantomOptions = {
  paint: ([x, y, z]: Vec3, hu: number) =>
    hu > 300 && x < -12 && Math.abs(y) < 62 && z > -25 && z < 62 ? 60 : hu,
};

const phantomSeries = (options: PhantomOptions): HeadCtSeries =>
  buildHeadCtSeries(
    headPhantom({ size: 110, pixelSpacingMm: 2.2, heightsMm: LEVELS, infarcts: INFARCTS, ...options })
  );

const scoreOf = (series: HeadCtSeries): Promise<ScoredSeries> =>
  scoreSeries({
    series,
    anatomy: fakeAnatomyNetwork(),
    infarct: fakeInfarctNetwork(),
    runtime: { provider: 'cpu', adapter: 'test', precision: 'fp32' },
  });

const score = async (options: PhantomOptions): Promise<AspectsResult> =>
  (await scoreOf(phantomSeries(options))).result;

const affected = ({ hemispheres }: AspectsResult): string[] =>
  (['left', 'right'] as const).flatMap(side =>
    hemispheres[side].regions.filter(region => region.affected).map(({ id }) => `${id} ${side}`)
  );

test.each<readonly [string, PhantomOptions]>([
  [
    'thin slices of a tilted gantry',
    { tiltDeg: 15, heightsMm: Array.from({ length: 36 }, (_, i) => -26 + 2 * i) },
  ],
  ['a matrix of 1024', { size: 1024, pixelSpacingMm: 0.24, heightsMm: [-5, 5, 24, 34] }],
  ['a vault of which half is missing', HALF_VAULT_MISSING],
])('%s: M2 and M5 of the right', async (_, options) => {
  const result = await score(options);
  expect(affected(result)).toEqual(['M2 right', 'M5 right']);
  expect(result).toMatchObject({ score: 8, affectedSide: 'right' });
});

test('an open skull is warned about, also after a correction; a closed one is not', async () => {
  const sentences = ({ warnings }: AspectsResult): string[] => warnings.map(({ message }) => message);
  const series = phantomSeries(HALF_VAULT_MISSING);
  const scored = await scoreOf(series);
  expect(sentences(scored.result)).toContainEqual(expect.stringContaining('skull is missing'));
  const corrected = rescoreSeries({
    ...scored,
    series,
    base: scored.result,
    overrides: [{ side: 'right', region: 'M6', affected: true }],
    scoring: DEFAULT_SCORING_RULE,
  });
  expect(corrected.score).toBe(7);
  expect(sentences(corrected)).toContainEqual(expect.stringContaining('skull is missing'));
  expect(sentences(await score({}))).not.toContainEqual(expect.stringContaining('skull is missing'));
});

test('the upper half of the brain is scored as far as it goes, and says so', async () => {
  const result = await score({ heightsMm: Array.from({ length: 9 }, (_, i) => 18 + 5 * i) });
  expect(affected(result)).toEqual(['M5 right']);
  expect(result.levels.ganglionic).toEqual([]);
  expect(result.warnings.map(({ code }) => code)).toContain('PARTIAL_COVERAGE');
});
