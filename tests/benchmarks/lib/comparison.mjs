/**
 * Runtimes that stand for each side of the ratio: what most readers' browsers do, and the same
 * processor without one.
 */
const BROWSER = 'wasm, 2 threads';
const NATIVE = 'node, 2 threads';

const totalOf = ({ results }, runtime) => results.find(one => one.runtime === runtime)?.scan?.total;

/**
 * How many times as long the browser needs as the native runtime on the same cores, for each scan
 * that both scored.
 *
 * @param report as `tests/benchmarks/run.mjs` writes it
 */
export function ratios({ cases }) {
  return cases.flatMap(one => {
    const [browser, native] = [totalOf(one, BROWSER), totalOf(one, NATIVE)];
    return browser && native ? [{ name: one.name, ratio: browser / native }] : [];
  });
}

/** Whether times of two reports can be compared: the same processor and as many cores. */
export function isSameMachine(before, after) {
  return before.machine.cpu === after.machine.cpu && before.machine.cores === after.machine.cores;
}

/**
 * What changed from one report to another: for each scan, runtime and figure that both hold, and the
 * ratios of both.
 *
 * @returns rows `{name, runtime, figure, before, after, change}`; ms but for the ratio, `change` as a
 *   share of `before`
 */
export function changes(before, after) {
  const figures = new Map(figuresOf(before).map(one => [one.key, one]));
  return figuresOf(after).flatMap(({ key, value, ...row }) => {
    const was = figures.get(key)?.value;
    return was ? [{ ...row, before: was, after: value, change: value / was - 1 }] : [];
  });
}

function figuresOf(report) {
  const rows = report.cases.flatMap(({ name, results }) =>
    results.flatMap(({ runtime, slices, scan }) => [
      { name, runtime, figure: 'anatomy, a slice', value: slices?.anatomy?.median },
      { name, runtime, figure: 'infarct, a slice', value: slices?.infarct?.median },
      { name, runtime, figure: 'whole scan', value: scan?.total },
    ])
  );
  const clicks = report.viewer?.computations ?? [];
  const viewer = [
    ['first click', clicks[0]?.clickToResult],
    ['least click with loaded networks', least(clicks.slice(1))],
  ].map(([figure, value]) => ({ name: report.viewer?.name, runtime: 'viewer', figure, value }));
  const both = ratios(report).map(({ name, ratio }) => ({
    name,
    runtime: 'browser / native',
    figure: 'ratio',
    value: ratio,
  }));
  return [...rows, ...viewer, ...both]
    .filter(({ value }) => value > 0)
    .map(row => ({ ...row, key: [row.name, row.runtime, row.figure].join('\n') }));
}

function least(clicks) {
  const times = clicks.map(({ clickToResult }) => clickToResult).filter(value => value > 0);
  return times.length > 0 ? Math.min(...times) : undefined;
}
