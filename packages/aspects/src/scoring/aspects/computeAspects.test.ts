import fc from 'fast-check';
import { emptyPlanes, placeRegion, tinySeries } from '../../../testing/tinySeries';
import type { LabelMaps } from '../../base/labelMaps';
import type { HeadCtSeries } from '../../series/headCtSeries';
import { resultSchema } from '../../../testing/resultSchema';
import type { AspectsResult, ReaderOverride } from './aspectsResult';
import { binOf, computeAspects, type AspectsInput } from './computeAspects';
import { INFARCT_CLASS } from './infarctClasses';
import { rescoreSeries } from '../pipeline/rescoreSeries';
import { ASPECTS_REGIONS, SIDES, type RegionId, type Side } from './regions';
import { DEFAULT_SCORING_RULE } from './scoringRule';

const RUNTIME: AspectsInput['runtime'] = {
  provider: 'cpu',
  adapter: 'test',
  precision: 'fp32',
  timingsMs: { load: 0, preprocess: 0, anatomy: 0, infarct: 0, postprocess: 0, score: 0, total: 0 },
};
const validate = resultSchema();

/** Share of each region that is infarcted, in twentieths; 20 pixels a region. */
type Infarcts = Readonly<Partial<Record<Side, Readonly<Partial<Record<RegionId, number>>>>>>;

function caseOf(infarcts: Infarcts, heights = [0, 10, 20, 30], sides: readonly Side[] = SIDES): AspectsInput {
  const series = tinySeries(heights);
  const masks = { regions: emptyPlanes(series), infarct: emptyPlanes(series) };
  for (const side of sides) {
    for (const { id, level } of ASPECTS_REGIONS) {
      placeRegion(masks, {
        slice: level === 'ganglionic' ? 1 : 2,
        side,
        region: id,
        pixels: 20,
        infarcted: infarcts[side]?.[id],
      });
    }
  }
  return inputOf(series, masks);
}

function inputOf(series: HeadCtSeries, masks: Pick<AspectsInput, 'regions' | 'infarct'>): AspectsInput {
  return {
    series,
    ...masks,
    models: [],
    runtime: RUNTIME,
    scoring: DEFAULT_SCORING_RULE,
    createdAt: '2026-01-02T03:04:05.000Z',
    software: { name: 'deep-aspects', version: '0.1.0' },
  };
}

const codes = (result: AspectsResult): string[] => result.warnings.map(({ code }) => code);
const region = (
  result: AspectsResult,
  side: Side,
  id: RegionId
): AspectsResult['hemispheres']['left']['regions'][number] =>
  result.hemispheres[side].regions.find(candidate => candidate.id === id) as never;

test('a healthy brain scores 10, and the result obeys its schema', () => {
  const result = computeAspects(caseOf({}));
  expect(result).toMatchObject({ score: 10, affectedSide: 'none', bin: 'C', warnings: [] });
  expect(result.infarct).toEqual({
    volumeMl: 0,
    leftMl: 0,
    rightMl: 0,
    mcaMl: 0,
    fractionOfMca: 0,
    outsideMcaMl: 0,
  });
  expect(validate(result)).toBe(true);
  expect(validate({ ...result, score: 11 })).toBe(false);
});

test('each affected region costs a point on its own side', () => {
  const result = computeAspects(caseOf({ left: { M2: 10, L: 4 }, right: {} }));
  expect(result).toMatchObject({ score: 8, affectedSide: 'left', bin: 'C' });
  expect(result.hemispheres.right.score).toBe(10);
  expect(region(result, 'left', 'M2')).toMatchObject({
    volumeMl: 20,
    infarctMl: 10,
    infarctFraction: 0.5,
    affected: true,
    source: 'model',
    keySlice: 'slice-1',
    meanHu: 30,
    contralateralMeanHu: 30,
  });
  expect(result.infarct).toMatchObject({
    volumeMl: 14,
    leftMl: 14,
    rightMl: 0,
    mcaMl: 14,
    fractionOfMca: 0.07,
    outsideMcaMl: 0,
  });
  expect(validate(result)).toBe(true);
});

test("volumes use each slice's own extent", () => {
  const result = computeAspects(caseOf({ left: { M1: 20, M4: 20 } }, [0, 4, 8, 18]));
  expect(region(result, 'left', 'M1').volumeMl).toBeCloseTo(20 * 0.4);
  expect(region(result, 'left', 'M4').volumeMl).toBeCloseTo(20 * 0.7);
  expect(result.infarct.volumeMl).toBeCloseTo(22);
});

test('infarct outside the regions costs no point and is counted on its side', () => {
  const input = caseOf({});
  const [row, size] = [38, 40];
  for (let k = 0; k < 8; k++) {
    input.infarct[2][row * size + 20 + k] = 1;
    input.infarct[2][row * size + 19 - (k % 3)] = 1;
  }
  const result = computeAspects(input);
  expect(result).toMatchObject({ score: 10, affectedSide: 'none' });
  expect(result.infarct).toEqual({
    volumeMl: 11,
    leftMl: 8,
    rightMl: 3,
    mcaMl: 0,
    fractionOfMca: 0,
    outsideMcaMl: 11,
  });
});

describe('a haemorrhage is shown where its cross-section is largest', () => {
  /** Pixels drawn as blood by slice, on slices of 4, 4, 7 and 10 mm. */
  const drawn = (pixels: readonly number[], hyperdense?: AspectsInput['hyperdense']) => {
    const input = caseOf({}, [0, 4, 8, 18]);
    pixels.forEach((count, slice) => input.infarct[slice].fill(INFARCT_CLASS.haemorrhage, 0, count));
    const { haemorrhage } = computeAspects({ ...input, hyperdense });
    return haemorrhage;
  };

  test.each<[string, readonly number[], AspectsInput['hyperdense'], string | null]>([
    // The thicker slice has more of its volume.
    ['as drawn', [0, 8, 7, 7], undefined, 'slice-1'],
    ['as drawn, where the images have less', [0, 8, 7, 0], { volumeMl: 1, keySlice: 'slice-3' }, 'slice-1'],
    ['in the images, where less is drawn', [0, 8, 0, 0], { volumeMl: 30, keySlice: 'slice-3' }, 'slice-3'],
    ['in the images alone', [], { volumeMl: 30, keySlice: 'slice-3' }, 'slice-3'],
    ['nowhere', [], { volumeMl: 0, keySlice: null }, null],
  ])('%s', (_, pixels, hyperdense, keySlice) => {
    expect(drawn(pixels, hyperdense).keySlice).toBe(keySlice);
  });

  test('acute infarct does not count', () => {
    const input = caseOf({ left: { M2: 20 } });
    input.infarct[2].fill(INFARCT_CLASS.haemorrhage, 0, 3);
    expect(computeAspects(input).haemorrhage.keySlice).toBe('slice-2');
  });
});

test('a haemorrhage is suspected from the volumes on that the rule names', () => {
  const suspected = (pixels: number, hyperdenseMl: number): boolean => {
    const input = caseOf({});
    input.infarct[3].fill(INFARCT_CLASS.haemorrhage, 0, pixels);
    const hyperdense = { volumeMl: hyperdenseMl, keySlice: 'slice-1' };
    const scoring = { ...DEFAULT_SCORING_RULE, minHaemorrhageMl: 3, minHyperdenseMl: 2 };
    return computeAspects({ ...input, hyperdense, scoring }).haemorrhage.suspected;
  };
  expect([suspected(2, 1.99), suspected(3, 0), suspected(0, 2)]).toEqual([false, true, true]);
});

test("a region's mean attenuation counts each slice by its volume", () => {
  // Slices of 4, 4, 7 and 10 mm.
  const input = caseOf({}, [0, 4, 8, 18]);
  placeRegion(input as LabelMaps, { slice: 3, side: 'left', region: 'M1', pixels: 20 });
  input.series.slices[3].hu.fill(44);
  expect(region(computeAspects(input), 'left', 'M1').meanHu).toBeCloseTo((4 * 30 + 10 * 44) / 14, 1);
});

test('the border between the levels puts most of their volume, not of their areas, on its own side', () => {
  // Slices of 4, 4, 10 and 16 mm: 40 cm2 mm of M5 below 30 of M2.
  const series = tinySeries([0, 4, 8, 24]);
  const masks = { regions: emptyPlanes(series), infarct: emptyPlanes(series) };
  placeRegion(masks, { slice: 0, side: 'left', region: 'L', pixels: 5 });
  placeRegion(masks, { slice: 1, side: 'left', region: 'M5', pixels: 10 });
  placeRegion(masks, { slice: 2, side: 'left', region: 'M2', pixels: 3 });
  expect(computeAspects(inputOf(series, masks)).levels).toEqual({
    ganglionic: ['slice-0'],
    supraganglionic: ['slice-1', 'slice-2'],
  });
});

test("infarct on both sides is warned about; the score is the worse side's", () => {
  const result = computeAspects(caseOf({ left: { M1: 20 }, right: { M4: 20, M5: 20 } }));
  expect(result).toMatchObject({ score: 8, affectedSide: 'both' });
  expect(codes(result)).toEqual(['BOTH_SIDES']);
  expect(result.infarct.fractionOfMca).toBe(0.2);
});

test('both limits of the rule must be reached', () => {
  const touch = caseOf({ left: { M1: 1 } });
  expect(computeAspects(touch).score).toBe(10);
  expect(
    computeAspects({ ...touch, scoring: { ...DEFAULT_SCORING_RULE, minInfarctFraction: 0.05 } }).score
  ).toBe(9);
  const strict = { ...DEFAULT_SCORING_RULE, minInfarctFraction: 0.05, minInfarctMl: 1.5 };
  expect(computeAspects({ ...touch, scoring: strict }).score).toBe(10);
  const own = { ...strict, regions: { M1: { minInfarctMl: 0.5 } } };
  expect(computeAspects({ ...touch, scoring: own }).score).toBe(9);
});

test('on thin slices infarct must be seen on two adjacent ones', () => {
  const thin = (slices: readonly number[]): number => {
    const series = tinySeries([0, 2, 4, 6, 8]);
    const masks = { regions: emptyPlanes(series), infarct: emptyPlanes(series) };
    series.slices.forEach((_, slice) =>
      placeRegion(masks, {
        slice,
        side: 'right',
        region: 'L',
        pixels: 20,
        infarcted: slices.includes(slice) ? 20 : 0,
      })
    );
    return computeAspects(inputOf(series, masks)).score;
  };
  expect(thin([2])).toBe(10);
  expect(thin([0, 2, 4])).toBe(10);
  expect(thin([2, 3])).toBe(9);
});

test('levels come from the anatomy, and what the scan lacks is said', () => {
  const whole = computeAspects(caseOf({}));
  expect(whole.levels).toEqual({ ganglionic: ['slice-1'], supraganglionic: ['slice-2'] });
  const input = caseOf({});
  const lower = computeAspects({
    ...input,
    regions: input.regions.map((plane, i) => (i === 2 ? plane.map(() => 0) : plane)),
  });
  expect(lower.levels.supraganglionic).toEqual([]);
  expect(codes(lower)).toEqual(['PARTIAL_COVERAGE']);
  expect(region(lower, 'left', 'M4')).toMatchObject({
    volumeMl: 0,
    meanHu: null,
    keySlice: null,
    affected: false,
  });
  expect(validate(lower)).toBe(true);
});

test('regions on one side only are warned of', () => {
  expect(codes(computeAspects(caseOf({}, undefined, ['left'])))).toEqual(['ASYMMETRIC_REGIONS']);
});

test('a correction decides anew what follows from the masks, whatever the words, and keeps what does not', () => {
  const known = { code: 'LOW_CONFIDENCE', message: 'Left and right differ implausibly in noise.' } as const;
  const base = computeAspects({
    ...caseOf({ left: { M1: 20 } }, undefined, ['left']),
    warnings: [known],
  });
  expect(codes(base)).toEqual(['LOW_CONFIDENCE', 'ASYMMETRIC_REGIONS']);
  const { series, regions, infarct, scoring } = caseOf({ left: { M1: 20 }, right: { M4: 20 } });
  const corrected = rescoreSeries({ series, regions, infarct, scoring, base, overrides: [] });
  expect(corrected.warnings[0]).toEqual(known);
  expect(codes(corrected)).toEqual(['LOW_CONFIDENCE', 'BOTH_SIDES']);
});

test('masks of another size are an error, not a score', () => {
  const input = caseOf({});
  expect(() => computeAspects({ ...input, infarct: input.infarct.slice(1) })).toThrow(RangeError);
});

test('bins of the paper', () => {
  expect([0, 3, 4, 7, 8, 10].map(binOf)).toEqual(['A', 'A', 'B', 'B', 'C', 'C']);
});

describe('whatever is infarcted', () => {
  const share = fc.integer({ min: 0, max: 20 });
  const shares = fc.record(
    Object.fromEntries(ASPECTS_REGIONS.map(({ id }) => [id, share])) as Record<RegionId, typeof share>
  );
  const infarcts = fc.record({ left: shares, right: shares });
  const override: fc.Arbitrary<ReaderOverride> = fc.record({
    side: fc.constantFrom<Side>('left', 'right'),
    region: fc.constantFrom(...ASPECTS_REGIONS.map(({ id }) => id)),
    affected: fc.boolean(),
  });
  const RUNS = { numRuns: 25 };

  test('the score is 10 less the affected regions of the worse side', () => {
    fc.assert(
      fc.property(infarcts, given => {
        const result = computeAspects(caseOf(given));
        const lost = SIDES.map(
          side => result.hemispheres[side].regions.filter(({ affected }) => affected).length
        );
        expect(SIDES.map(side => result.hemispheres[side].score)).toEqual(lost.map(count => 10 - count));
        expect(result.score).toBe(10 - Math.max(...lost));
        expect(lost).toEqual(
          SIDES.map(side => Object.values(given[side]).filter(twentieths => twentieths >= 2).length)
        );
        expect(validate(result)).toBe(true);
      }),
      RUNS
    );
  });

  test('more infarct never raises the score', () => {
    fc.assert(
      fc.property(
        infarcts,
        fc.constantFrom<Side>('left', 'right'),
        fc.constantFrom(...ASPECTS_REGIONS),
        share,
        (given, side, { id }, more) => {
          const grown = { ...given, [side]: { ...given[side], [id]: Math.max(given[side][id], more) } };
          expect(computeAspects(caseOf(grown)).score).toBeLessThanOrEqual(
            computeAspects(caseOf(given)).score
          );
        }
      ),
      RUNS
    );
  });

  test('exchanging the sides exchanges the hemispheres and nothing else', () => {
    fc.assert(
      fc.property(infarcts, given => {
        const result = computeAspects(caseOf(given));
        const swapped = computeAspects(caseOf({ left: given.right, right: given.left }));
        expect(swapped.hemispheres.left).toEqual(result.hemispheres.right);
        expect(swapped.hemispheres.right).toEqual(result.hemispheres.left);
        expect([swapped.score, swapped.infarct.leftMl]).toEqual([result.score, result.infarct.rightMl]);
      }),
      RUNS
    );
  });

  test("a reader's decision holds for its region, is marked, keeps what the masks say, and repeats without effect", () => {
    fc.assert(
      fc.property(infarcts, fc.array(override, { maxLength: 6 }), (given, overrides) => {
        const plain = computeAspects(caseOf(given));
        const read = computeAspects({ ...caseOf(given), overrides });
        expect(computeAspects({ ...caseOf(given), overrides: [...overrides, ...overrides] })).toEqual(read);
        for (const side of SIDES) {
          read.hemispheres[side].regions.forEach((found, i) => {
            const last = overrides.filter(o => o.side === side && o.region === found.id).at(-1);
            const before = plain.hemispheres[side].regions[i];
            expect(found.modelAffected).toBe(before.affected);
            expect(found).toEqual({
              ...before,
              affected: last?.affected ?? before.affected,
              source: last ? 'reader' : 'model',
            });
          });
        }
      }),
      RUNS
    );
  });
});

test('each reason for low confidence is told, once', () => {
  const reasons = [
    'A slice is unlike its neighbours.',
    'The brain is wider than long.',
    'The skull is open.',
  ];
  const known = [...reasons, reasons[0]].map(message => ({ code: 'LOW_CONFIDENCE', message }) as const);
  const { warnings } = computeAspects({ ...caseOf({}), warnings: known });
  expect(warnings).toEqual(known.slice(0, 3));
});
