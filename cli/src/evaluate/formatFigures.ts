import type { Estimate } from '@deep-aspects/aspects/evaluation';

/** `0.72 [0.65, 0.79]`; without brackets where there is no interval. */
export function estimate({ value, low, high }: Estimate): string {
  const interval = low === null || high === null ? '' : ` [${low.toFixed(2)}, ${high.toFixed(2)}]`;
  return `${number(value, 2)}${interval}`;
}

export function percentEstimate({ value, low, high }: Estimate): string {
  const interval = low === null || high === null ? '' : ` [${percent(low)}, ${percent(high)}]`;
  return `${value === null ? 'n/a' : percent(value)}${interval}`;
}

export function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}

/** `n/a` where it is not defined. */
export function number(value: number | null, digits: number): string {
  return value === null ? 'n/a' : value.toFixed(digits);
}
