import { seededRandom } from './random';
import { quantile } from './summary';

/** A value with its 95 % confidence interval; null where it is not defined. */
export interface Estimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** How many resamples are drawn, and from which seed: the same seed gives the same interval. */
export interface BootstrapOptions {
  readonly replicates: number;
  readonly seed: number;
}

/**
 * Percentile bootstrap over cases: cases are drawn with replacement, so that what belongs to one case stays
 * together. Replicates in which the statistic is undefined are left out; with fewer than half of them left
 * there is no interval.
 */
export function bootstrap<Case>(
  cases: readonly Case[],
  statistic: (sample: readonly Case[]) => number | null,
  { replicates, seed }: BootstrapOptions
): Estimate {
  const value = statistic(cases);
  if (value === null || cases.length < 2) {
    return { value, low: null, high: null };
  }
  const random = seededRandom(seed);
  const values: number[] = [];
  for (let replicate = 0; replicate < replicates; replicate++) {
    const drawn = statistic(cases.map(() => cases[Math.floor(random() * cases.length)]));
    if (drawn !== null) {
      values.push(drawn);
    }
  }
  if (values.length === 0 || values.length < replicates / 2) {
    return { value, low: null, high: null };
  }
  values.sort((a, b) => a - b);
  return { value, low: quantile(values, 0.025), high: quantile(values, 0.975) };
}
