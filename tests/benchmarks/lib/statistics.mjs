/**
 * Runs `once` for a warm-up and then `runs` times; returns the times of the latter, ms. Runs in pages too.
 */
export async function timeRuns(once, warmUps, runs) {
  const times = [];
  for (let index = 0; index < warmUps + runs; index++) {
    const started = performance.now();
    await once();
    if (index >= warmUps) {
      times.push(performance.now() - started);
    }
  }
  return times;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median and extremes: on a busy machine the least is nearer to the truth than the median. */
export function summary(values) {
  return {
    median: median(values),
    least: Math.min(...values),
    most: Math.max(...values),
    runs: values.length,
  };
}
