import fc from 'fast-check';
import { agreementWithin, blandAltman, icc21, pearson, weightedKappa, type ScorePair } from './agreement';
import { bootstrap } from './bootstrap';
import { compareLabels, compareMasks, dice, NO_COUNTS, sensitivity, specificity } from './overlap';
import { ALL_SCORES, confusionMatrix, oneAgainstRest } from './perScore';
import { overlapRoc } from './roc';
import {
  expectedAgreement,
  fitReaderModel,
  PAPER_READERS,
  readingChances,
  simulateReaders,
} from './simulatedReaders';

const DIGITS = 6;
const score = fc.integer({ min: 0, max: 10 });
const pairsArbitrary = fc.array(fc.tuple(score, score), { minLength: 2, maxLength: 40 });

function near(value: number | null, expected: number): void {
  expect(value).not.toBeNull();
  expect(Math.abs((value as number) - expected)).toBeLessThan(10 ** -DIGITS);
}

/** All pairs of cases: an independent way to covariances, sum over i < j of (xi - xj)(yi - yj) / n^2. */
function covarianceByPairs(x: readonly number[], y: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      sum += (x[i] - x[j]) * (y[i] - y[j]);
    }
  }
  return sum / (x.length * (x.length - 1));
}

describe('masks', () => {
  const plane = fc.uint8Array({ minLength: 12, maxLength: 12, max: 1 });

  it('gives Dice, sensitivity and specificity as sets of voxels do', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(plane, plane), { minLength: 1, maxLength: 4 }), planes => {
        const volumes = planes.map((_, index) => 0.5 + index);
        const counts = compareMasks(
          planes.map(([predicted]) => predicted),
          planes.map(([, truth]) => truth),
          volumes
        );
        const voxels = planes.flatMap(([predicted, truth], index) =>
          Array.from(predicted, (p, pixel) => ({ p: p > 0, t: truth[pixel] > 0, ml: volumes[index] }))
        );
        const ml = (test: (voxel: (typeof voxels)[number]) => boolean) =>
          voxels.filter(test).reduce((sum, voxel) => sum + voxel.ml, 0);
        const [p, t] = [ml(v => v.p), ml(v => v.t)];
        const check = (value: number | null, part: number, whole: number) =>
          whole === 0 ? expect(value).toBeNull() : near(value, part / whole);
        check(
          dice(counts),
          ml(v => v.p && v.t),
          (p + t) / 2
        );
        check(
          sensitivity(counts),
          ml(v => v.p && v.t),
          t
        );
        check(
          specificity(counts),
          ml(v => !v.p && !v.t),
          ml(v => !v.t)
        );
      })
    );
  });

  it('has no Dice for two empty masks, 0 for one, and no specificity where all is affected', () => {
    const empty = [new Uint8Array(4)];
    const full = [new Uint8Array(4).fill(1)];
    expect(dice(compareMasks(empty, empty, [1]))).toBeNull();
    expect(dice(compareMasks(full, empty, [1]))).toBe(0);
    expect(dice(compareMasks(full, full, [1]))).toBe(1);
    expect(sensitivity(compareMasks(full, empty, [1]))).toBeNull();
    expect(specificity(compareMasks(full, full, [1]))).toBeNull();
    expect(specificity(NO_COUNTS)).toBeNull();
  });

  it('counts only what lies within the given pixels', () => {
    const within = [Uint8Array.of(1, 1, 0, 0)];
    const counts = compareMasks([Uint8Array.of(1, 0, 1, 0)], [Uint8Array.of(1, 1, 1, 1)], [2], within);
    expect(counts).toEqual({ truePositive: 2, falsePositive: 0, falseNegative: 2, trueNegative: 0 });
  });

  it('compares label maps class by class as one mask a class', () => {
    const label = fc.uint8Array({ minLength: 20, maxLength: 20, max: 5 });
    fc.assert(
      fc.property(label, label, (predicted, truth) => {
        const sameClass = (value: number) => (value === 0 ? -1 : (value - 1) % 3);
        const counts = compareLabels([predicted], [truth], [0.25], 3, {
          predicted: sameClass,
          truth: sameClass,
        });
        counts.forEach((found, id) => {
          const mask = (plane: Uint8Array) => plane.map(value => (sameClass(value) === id ? 1 : 0));
          const expected = compareMasks([mask(predicted)], [mask(truth)], [0.25]);
          expect({ ...found, trueNegative: expected.trueNegative }).toEqual(expected);
        });
      })
    );
  });

  it('throws where planes do not match', () => {
    expect(() => compareMasks([], [new Uint8Array(4)], [1])).toThrow(RangeError);
    expect(() => compareMasks([new Uint8Array(3)], [new Uint8Array(4)], [1])).toThrow(RangeError);
  });
});

describe('agreement of two readers', () => {
  it('gives Pearson as covariance over all pairs of cases does', () => {
    fc.assert(
      fc.property(pairsArbitrary, pairs => {
        const [x, y] = [pairs.map(pair => pair[0]), pairs.map(pair => pair[1])];
        const [xx, yy] = [covarianceByPairs(x, x), covarianceByPairs(y, y)];
        if (xx === 0 || yy === 0) {
          expect(pearson(pairs)).toBeNull();
        } else {
          near(pearson(pairs), covarianceByPairs(x, y) / Math.sqrt(xx * yy));
        }
      })
    );
  });

  it('gives ICC(2,1) as its variance components do', () => {
    fc.assert(
      fc.property(pairsArbitrary, pairs => {
        const [x, y] = [pairs.map(pair => pair[0]), pairs.map(pair => pair[1])];
        const n = pairs.length;
        const [xx, yy, xy] = [covarianceByPairs(x, x), covarianceByPairs(y, y), covarianceByPairs(x, y)];
        const difference = (x.reduce((a, b) => a + b, 0) - y.reduce((a, b) => a + b, 0)) / n;
        // Components of the two-way model: cases xy, residual (xx + yy) / 2 - xy, readers from the
        // difference of means.
        const residual = (xx + yy) / 2 - xy;
        const readers = difference ** 2 / 2 - residual / n;
        const total = xy + residual + readers;
        if (Math.abs(total) < 1e-12) {
          expect(icc21(pairs)).toBeNull();
        } else if (total > 0) {
          near(icc21(pairs), xy / total);
        }
      })
    );
  });

  it('gives the ICC(2,1) of a published example', () => {
    // Shrout and Fleiss 1979, table 2: six targets, four judges; their table 4 gives 0.29.
    const ratings = [
      [9, 2, 5, 8],
      [6, 1, 3, 2],
      [8, 4, 6, 8],
      [7, 1, 2, 6],
      [10, 5, 6, 9],
      [6, 2, 4, 7],
    ];
    expect(icc21(ratings)).toBeCloseTo(0.29, 2);
  });

  it('gives weighted kappa as one minus observed over expected disagreement of all pairings', () => {
    fc.assert(
      fc.property(
        pairsArbitrary,
        fc.constantFrom('linear' as const, 'quadratic' as const),
        (pairs, weighting) => {
          const cost = (a: number, b: number) => Math.abs(a - b) ** (weighting === 'linear' ? 1 : 2);
          const observed = pairs.reduce((sum, [a, b]) => sum + cost(a, b), 0) / pairs.length;
          const every = pairs.flatMap(([a]) => pairs.map(([, b]) => cost(a, b)));
          const expected = every.reduce((sum, value) => sum + value, 0) / every.length;
          if (expected === 0) {
            expect(weightedKappa(pairs, weighting)).toBeNull();
          } else {
            near(weightedKappa(pairs, weighting), 1 - observed / expected);
          }
        }
      )
    );
  });

  it('gives Bland-Altman limits from the moments of the differences', () => {
    fc.assert(
      fc.property(pairsArbitrary, pairs => {
        const differences = pairs.map(([a, b]) => a - b);
        const sum = differences.reduce((a, b) => a + b, 0);
        const squares = differences.reduce((a, b) => a + b * b, 0);
        const n = pairs.length;
        const deviation = Math.sqrt((squares - (sum * sum) / n) / (n - 1));
        const limits = blandAltman(pairs);
        near(limits?.bias ?? null, sum / n);
        near(limits?.lower ?? null, sum / n - 1.96 * deviation);
        near(limits?.upper ?? null, sum / n + 1.96 * deviation);
      })
    );
  });

  it('counts agreement, and grows with the tolerance', () => {
    const pairs: ScorePair[] = [
      [5, 5],
      [5, 6],
      [5, 3],
      [5, 10],
    ];
    expect([0, 1, 2, 10].map(tolerance => agreementWithin(pairs, tolerance))).toEqual([0.25, 0.5, 0.75, 1]);
  });

  it('leaves undefined what constant readers or too few cases leave undefined', () => {
    const constant: ScorePair[] = [
      [10, 10],
      [10, 10],
      [10, 10],
    ];
    expect(pearson(constant)).toBeNull();
    expect(icc21(constant)).toBeNull();
    expect(weightedKappa(constant, 'quadratic')).toBeNull();
    expect(blandAltman(constant)).toEqual({ bias: 0, lower: 0, upper: 0 });
    expect(pearson([[3, 4]])).toBeNull();
    expect(icc21([])).toBeNull();
    expect(blandAltman([[3, 4]])).toBeNull();
    expect(agreementWithin([], 0)).toBeNull();
    expect(weightedKappa([], 'linear')).toBeNull();
  });
});

describe('per score', () => {
  it('agrees with counting by hand, and has no sensitivity for a score nobody gave', () => {
    fc.assert(
      fc.property(pairsArbitrary, pairs => {
        for (const row of oneAgainstRest(pairs, ALL_SCORES)) {
          const having = pairs.filter(([, reference]) => reference === row.label);
          const others = pairs.filter(([, reference]) => reference !== row.label);
          expect(row.cases).toBe(having.length);
          const share = (of: ScorePair[], test: (tested: number) => boolean) =>
            of.length ? of.filter(([tested]) => test(tested)).length / of.length : null;
          expect(row.sensitivity).toBe(share(having, tested => tested === row.label));
          expect(row.specificity).toBe(share(others, tested => tested !== row.label));
        }
      })
    );
  });

  it('weights sensitivities by cases to the exact agreement', () => {
    fc.assert(
      fc.property(pairsArbitrary, pairs => {
        const sum = oneAgainstRest(pairs, ALL_SCORES).reduce(
          (a, row) => a + (row.sensitivity ?? 0) * row.cases,
          0
        );
        near(agreementWithin(pairs, 0), sum / pairs.length);
        const diagonal = confusionMatrix(pairs).reduce((a, row, index) => a + row[index], 0);
        expect(Math.round(sum)).toBe(diagonal);
      })
    );
  });
});

describe('ROC of the overlap threshold', () => {
  const observation = fc.record({
    fraction: fc.integer({ min: 0, max: 8 }).map(eighths => eighths / 8),
    affected: fc.boolean(),
  });

  it('has the area of all pairs ranked, ties half', () => {
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 30 }), observations => {
        const affected = observations.filter(item => item.affected);
        const free = observations.filter(item => !item.affected);
        const curve = overlapRoc(observations);
        if (!affected.length || !free.length) {
          expect(curve).toBeNull();
          return;
        }
        const wins = affected.flatMap(a =>
          free.map(b => (a.fraction > b.fraction ? 1 : a.fraction === b.fraction ? 0.5 : 0))
        );
        near(curve?.area ?? null, wins.reduce((x: number, y) => x + y, 0) / wins.length);
        for (const point of curve?.points ?? []) {
          near(
            point.sensitivity,
            affected.filter(a => a.fraction >= point.threshold).length / affected.length
          );
          near(point.specificity, free.filter(b => b.fraction < point.threshold).length / free.length);
        }
      })
    );
  });
});

describe('bootstrap', () => {
  const values = Array.from({ length: 200 }, (_, index) => Math.sin(index * 12.9898) * 3 + 5);
  const mean = (sample: readonly number[]) => sample.reduce((a, b) => a + b, 0) / sample.length;

  it('covers the mean as the normal approximation does, the same for the same seed', () => {
    const estimate = bootstrap(values, mean, { replicates: 600, seed: 7 });
    const deviation = Math.sqrt(covarianceByPairs(values, values) / values.length);
    expect(estimate.value).toBeCloseTo(mean(values), 12);
    expect(estimate.low).toBeCloseTo(mean(values) - 1.96 * deviation, 1);
    expect(estimate.high).toBeCloseTo(mean(values) + 1.96 * deviation, 1);
    expect(bootstrap(values, mean, { replicates: 600, seed: 7 })).toEqual(estimate);
    expect(bootstrap(values, mean, { replicates: 600, seed: 8 })).not.toEqual(estimate);
  });

  it('gives no interval where the statistic is undefined or there is one case', () => {
    expect(bootstrap([1, 2, 3], () => null, { replicates: 10, seed: 1 })).toEqual({
      value: null,
      low: null,
      high: null,
    });
    expect(bootstrap([1], mean, { replicates: 10, seed: 1 })).toEqual({ value: 1, low: null, high: null });
  });
});

describe('simulated readers', () => {
  const spreadScores = Array.from(
    { length: 2000 },
    (_, index) => [0, 2, 3, 4, 5, 6, 7, 8, 8, 9, 10, 10][index % 12]
  );

  it('has chances that add up to one and favour the true score', () => {
    fc.assert(
      fc.property(
        score,
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.double({ min: 0.4, max: 6, noNaN: true }),
        (s, exactShare, spread) => {
          const chances = readingChances(s, { exactShare, spread });
          near(
            chances.reduce((a, b) => a + b, 0),
            1
          );
          expect(chances.indexOf(Math.max(...chances))).toBe(s);
        }
      )
    );
  });

  it('agrees as the paper’s radiologists did on scores spread like a stroke cohort’s', () => {
    const { model, expected } = fitReaderModel(spreadScores);
    expect(expected.exact).toBeCloseTo(PAPER_READERS.exact, 1);
    expect(expected.within2).toBeCloseTo(PAPER_READERS.within2, 1);
    expect(Math.abs(expected.pearson - PAPER_READERS.pearson)).toBeLessThan(0.1);
    const [a, b] = simulateReaders(spreadScores, model, 2, 3);
    const pairs = a.map((value, index) => [value, b[index]] as const);
    expect(agreementWithin(pairs, 0)).toBeCloseTo(expected.exact, 1);
    expect(agreementWithin(pairs, 2)).toBeCloseTo(expected.within2, 1);
    expect(pearson(pairs)).toBeCloseTo(expected.pearson, 1);
    expect(simulateReaders(spreadScores, model, 2, 3)).toEqual([a, b]);
    expect(simulateReaders(spreadScores, model, 2, 4)).not.toEqual([a, b]);
  });

  it('has no correlation to give where all true scores are the same and readers are exact', () => {
    const shares = new Array<number>(11).fill(0);
    shares[10] = 1;
    expect(expectedAgreement(shares, { exactShare: 1, spread: 1 })).toEqual({
      exact: 1,
      within2: 1,
      pearson: 0,
    });
  });
});
