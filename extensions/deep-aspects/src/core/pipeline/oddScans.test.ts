import type { AspectsResult } from '../aspects/aspectsResult';
import type { Vec3 } from '../series/headCtSeries';
import { buildHeadCtSeries } from '../series/buildHeadCtSeries';
import { fakeAnatomyNetwork, fakeInfarctNetwork } from '../testing/fakeNetworks';
import { headPhantom, type PhantomOptions } from '../testing/headPhantom';
import { scoreSeries } from './scoreSeries';

// Phantoms are painted pixel by pixel; a busy machine takes its time.
jest.setTimeout(240_000);

const LEVELS = Array.from({ length: 14 }, (_, i) => -25 + 5 * i);
const INFARCTS = [
  { side: 'right', region: 'M5' },
  { side: 'right', region: 'M2' },
] as const;

async function score(options: PhantomOptions): Promise<AspectsResult> {
  const { result } = await scoreSeries({
    series: buildHeadCtSeries(
      headPhantom({ size: 110, pixelSpacingMm: 2.2, heightsMm: LEVELS, infarcts: INFARCTS, ...options })
    ),
    anatomy: fakeAnatomyNetwork(),
    infarct: fakeInfarctNetwork(),
    runtime: { provider: 'cpu', adapter: 'test', precision: 'fp32' },
  });
  return result;
}

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
  [
    'a vault of which half is missing',
    {
      paint: ([x, y, z]: Vec3, hu: number) =>
        hu > 300 && x < -12 && Math.abs(y) < 62 && z > -25 && z < 62 ? 60 : hu,
    },
  ],
])('%s: M2 and M5 of the right', async (_, options) => {
  const result = await score(options);
  expect(affected(result)).toEqual(['M2 right', 'M5 right']);
  expect(result).toMatchObject({ score: 8, affectedSide: 'right' });
});

test('the upper half of the brain is scored as far as it goes, and says so', async () => {
  const result = await score({ heightsMm: Array.from({ length: 9 }, (_, i) => 18 + 5 * i) });
  expect(affected(result)).toEqual(['M5 right']);
  expect(result.levels.ganglionic).toEqual([]);
  expect(result.warnings.map(({ code }) => code)).toContain('PARTIAL_COVERAGE');
});
