import { mean, variance } from './summary';

/** Two scores of the same case. */
export type ScorePair = readonly [number, number];

/** Share of pairs that differ by at most `tolerance` points; null without pairs. */
export function agreementWithin(pairs: readonly ScorePair[], tolerance: number): number | null {
  return pairs.length ? pairs.filter(([a, b]) => Math.abs(a - b) <= tolerance).length / pairs.length : null;
}

/** Pearson's r; null with fewer than two pairs or where one reader gives the same score always. */
export function pearson(pairs: readonly ScorePair[]): number | null {
  const [a, b] = [pairs.map(pair => pair[0]), pairs.map(pair => pair[1])];
  const [meanA, meanB] = [mean(a), mean(b)];
  const [varianceA, varianceB] = [variance(a), variance(b)];
  if (meanA === null || meanB === null || !varianceA || !varianceB) {
    return null;
  }
  const covariance = pairs.reduce((sum, [x, y]) => sum + (x - meanA) * (y - meanB), 0) / (pairs.length - 1);
  return covariance / Math.sqrt(varianceA * varianceB);
}

/**
 * ICC(2,1) of Shrout and Fleiss (1979): two-way random effects, absolute agreement, single reader. From the
 * mean squares of cases (R), readers (C) and residual (E), k readers and n cases: (R - E) / (R + (k - 1)
 * E + k (C - E) / n). Null with fewer than two cases or without any variance.
 *
 * @param scores one row a case, one column a reader
 */
export function icc21(scores: readonly (readonly number[])[]): number | null {
  const n = scores.length;
  if (n < 2) {
    return null;
  }
  const k = scores[0].length;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const grand = sum(scores.map(sum)) / (n * k);
  const caseSquares = sum(scores.map(row => k * (sum(row) / k - grand) ** 2));
  const readerSquares = sum(
    scores[0].map((_, reader) => n * (sum(scores.map(row => row[reader])) / n - grand) ** 2)
  );
  const allSquares = sum(scores.map(row => sum(row.map(value => (value - grand) ** 2))));
  const cases = caseSquares / (n - 1);
  const readers = readerSquares / (k - 1);
  const residual = Math.max(0, allSquares - caseSquares - readerSquares) / ((n - 1) * (k - 1));
  const denominator = cases + (k - 1) * residual + (k * (readers - residual)) / n;
  return denominator > 0 ? (cases - residual) / denominator : null;
}

/**
 * Cohen's weighted kappa over the scores 0 to `top`.
 *
 * @param weighting disagreement grows with the difference (`linear`) or its square (`quadratic`)
 * @returns null without pairs, or where both always give one and the same score (no disagreement is
 *   expected by chance)
 */
export function weightedKappa(
  pairs: readonly ScorePair[],
  weighting: 'linear' | 'quadratic',
  top = 10
): number | null {
  const first = new Float64Array(top + 1);
  const second = new Float64Array(top + 1);
  const weight = (a: number, b: number) => (weighting === 'linear' ? Math.abs(a - b) : (a - b) ** 2);
  let observed = 0;
  for (const [a, b] of pairs) {
    first[a] += 1;
    second[b] += 1;
    observed += weight(a, b);
  }
  let expected = 0;
  first.forEach((countA, a) =>
    second.forEach((countB, b) => (expected += (countA * countB * weight(a, b)) / pairs.length))
  );
  return expected > 0 ? 1 - observed / expected : null;
}

export interface BlandAltman {
  /** Mean of first minus second. */
  readonly bias: number;
  /** Bias -/+ 1.96 standard deviations of the differences. */
  readonly lower: number;
  readonly upper: number;
}

/** Null with fewer than two pairs. */
export function blandAltman(pairs: readonly ScorePair[]): BlandAltman | null {
  const differences = pairs.map(([a, b]) => a - b);
  const bias = mean(differences);
  const spread = variance(differences);
  if (bias === null || spread === null) {
    return null;
  }
  const half = 1.96 * Math.sqrt(spread);
  return { bias, lower: bias - half, upper: bias + half };
}
