/** Median of finite numbers; not-a-number for none. Does not change its argument. */
export function median(values: ArrayLike<number>): number {
  if (values.length === 0) {
    return NaN;
  }
  const sorted = new Float64Array(values).sort();
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)];
  return low + (sorted[Math.ceil(middle)] - low) * (middle % 1);
}
