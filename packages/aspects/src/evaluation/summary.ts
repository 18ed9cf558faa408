/** Null for no values. */
export function mean(values: readonly number[]): number | null {
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

/** Mean of the values that are defined; null if there is none. */
export function meanOfDefined(values: readonly (number | null)[]): number | null {
  return mean(defined(values));
}

function defined(values: readonly (number | null)[]): number[] {
  return values.filter((value): value is number => value !== null);
}

/** Unbiased sample variance (n - 1); null for fewer than two values. */
export function variance(values: readonly number[]): number | null {
  const centre = mean(values);
  if (centre === null || values.length < 2) {
    return null;
  }
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}

/**
 * Quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan); `sorted`
 * ascending, not empty.
 */
export function quantile(sorted: readonly number[], probability: number): number {
  const at = (sorted.length - 1) * probability;
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
