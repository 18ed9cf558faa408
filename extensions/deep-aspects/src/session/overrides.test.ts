import type { AspectsResult, RegionResult } from '@deep-aspects/aspects/scoring';
import { levelKeySlices } from './overrides';
import { fakeResult } from './testing/fakeResult';

/** Key slice, infarct (ml), and whether it is affected. */
type Placed = readonly [slice: string, infarctMl: number, reading?: 'affected'];

/** Regions by id, both sides alike; the other regions were not found. */
function resultOf(regions: Readonly<Record<string, Placed>>, levels: AspectsResult['levels']): AspectsResult {
  const result = fakeResult();
  const placed = (region: RegionResult): RegionResult => {
    const [keySlice, infarctMl, reading] = regions[region.id] ?? [null, 0];
    return { ...region, keySlice, infarctMl, affected: reading === 'affected' };
  };
  const hemisphere = { score: 10, regions: result.hemispheres.left.regions.map(placed) };
  return { ...result, hemispheres: { left: hemisphere, right: hemisphere }, levels };
}

const LEVELS = { ganglionic: ['g1', 'g2', 'both'], supraganglionic: ['both', 's2', 's3'] };

test.each<[string, Readonly<Record<string, Placed>>, object]>([
  [
    'amid the affected regions, where most infarct is of a big one above them',
    {
      M2: ['both', 22, 'affected'],
      L: ['g1', 6, 'affected'],
      I: ['g1', 9, 'affected'],
      IC: ['g2', 2, 'affected'],
      M1: ['both', 2],
      M5: ['s2', 30, 'affected'],
      M4: ['s3', 5, 'affected'],
    },
    { ganglionic: 'g1', supraganglionic: 's2' },
  ],
  [
    'most infarct, where no region is affected',
    { M1: ['g1', 4], M2: ['g2', 9], M5: ['s2', 1], M6: ['s3', 2] },
    { ganglionic: 'g2', supraganglionic: 's3' },
  ],
  [
    'the lentiform nucleus and M5',
    { C: ['g1', 0], L: ['g2', 0], M4: ['s2', 0], M5: ['s3', 0] },
    { ganglionic: 'g2', supraganglionic: 's3' },
  ],
  [
    'the next best, where key slices coincide',
    { M2: ['both', 9], M1: ['g1', 2], M5: ['both', 8] },
    { ganglionic: 'g1', supraganglionic: 'both' },
  ],
  [
    'another slice of the level, where all key slices coincide',
    { M2: ['both', 9], M5: ['both', 8] },
    { ganglionic: 'g2', supraganglionic: 'both' },
  ],
  ['the middle of the level, where no region was found', {}, { ganglionic: 'g2', supraganglionic: 's2' }],
])('each level is shown where there is %s', (_, regions, slices) => {
  expect(levelKeySlices(resultOf(regions, LEVELS))).toEqual(slices);
});

describe('as long as a haemorrhage is suspected', () => {
  const THREE = { ganglionic: ['g1', 'g2', 'g3'], supraganglionic: ['s1', 's2', 's3'] };
  const bleeding = (keySlice: string | null, suspected = true) => {
    const result = resultOf({ M2: ['g2', 9], M5: ['s2', 8] }, THREE);
    return { ...result, haemorrhage: { volumeMl: 20, hyperdenseMl: 20, suspected, keySlice } };
  };

  test.each([
    ['low', 'g1', { ganglionic: 'g1', supraganglionic: 's1' }],
    ['high', 's3', { ganglionic: 'g3', supraganglionic: 's3' }],
    ['outside both levels', 'cerebellum', { ganglionic: 'cerebellum', supraganglionic: 's2' }],
    ['where nobody noted', null, { ganglionic: 'g2', supraganglionic: 's2' }],
  ])('the columns are at it, and the other level next to it: %s', (_, keySlice, slices) => {
    expect(levelKeySlices(bleeding(keySlice))).toEqual(slices);
  });

  test('and no longer: at the infarct', () => {
    expect(levelKeySlices(bleeding('g1', false))).toEqual({ ganglionic: 'g2', supraganglionic: 's2' });
  });
});

test('a scan of one level, or of one slice, has no two columns', () => {
  expect(levelKeySlices(resultOf({}, { ganglionic: ['g1'], supraganglionic: [] }))).toBeNull();
  expect(levelKeySlices(resultOf({}, { ganglionic: ['g1'], supraganglionic: ['g1'] }))).toBeNull();
});
