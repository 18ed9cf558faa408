/** Median of finite numbers; not-a-number for none. Does not change its argument. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/** Value below which a share (0-1) of the numbers lies, interpolated; not-a-number for none. */
export function quantile(values: ArrayLike<number>, share: number): number {
  if (values.length === 0) {
    return NaN;
  }
  const sorted = Float64Array.from(values as ArrayLike<number>).sort();
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}
