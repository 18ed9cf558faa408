const STEPS = ['preprocess', 'anatomy', 'infarct', 'postprocess', 'score', 'total'];

/** Prints one scan's measurements as tables: a row a runtime. */
export function printCase({ name, networks, architectures, shape, results }) {
  console.log(`\n${name}: ${shape}; networks ${networks}`);
  console.log(`  anatomy ${architectures.anatomy}; infarct ${architectures.infarct}`);
  const measured = results.filter(({ skipped }) => !skipped);
  console.log(
    '\nOne slice, ms: median (least) of the warm runs; and the load of the machine, which slows everything'
  );
  table(
    ['runtime', 'anatomy', 'infarct', 'load average'],
    measured.map(({ runtime, slices, error, loadAverage }) => [
      runtime,
      slices ? time(slices.anatomy) : `failed: ${error}`,
      slices ? time(slices.infarct) : '',
      loadAverage.map(value => value.toFixed(1)).join(' to '),
    ])
  );
  console.log(
    '\nOne scan, ms, networks loaded and warm; click is from the call to the result on the main thread. Networks that run\n' +
      'concurrently have overlapping times.'
  );
  table(
    ['runtime', ...STEPS, 'click', 'result', 'ran on'],
    measured.map(({ runtime, scan, adapter }) =>
      scan.refused
        ? [runtime, `refused: ${scan.refused}`]
        : [
            runtime,
            ...STEPS.map(step => whole(scan[step])),
            whole(scan.clickToResult),
            `${scan.score10} ${scan.side}`,
            adapter ?? '',
          ]
    )
  );
  console.log('\nLoading with warm-up, ms; peak memory of the process, MB; downloaded on a first visit, MB');
  table(
    ['runtime', 'load', 'memory', 'runtime', 'models', 'in all'],
    measured.map(({ runtime, loadMs, peakMemoryMb, downloadedBytes: bytes }) => [
      runtime,
      whole(loadMs),
      whole(peakMemoryMb),
      ...(bytes
        ? [bytes.runtime, bytes.models, bytes.total].map(count => (count / 1e6).toFixed(1))
        : ['-', '-', '-']),
    ])
  );
  for (const { runtime, skipped } of results.filter(result => result.skipped)) {
    console.log(`not measured: ${runtime}, since ${skipped}`);
  }
}

/** Prints what `runInViewer` measured of a build: a row a computation. */
export function printViewer({ name, ohif, skipped, computations, loadAverage }, build) {
  if (skipped) {
    console.log(`\nnot measured: click to result in the viewer, since ${skipped}`);
    return;
  }
  const load = loadAverage.map(value => value.toFixed(1)).join(' to ');
  console.log(`\nClick to result in OHIF ${ohif}, ${build}, ${name}, ms; load average ${load}`);
  const steps = [...new Set(computations.flatMap(one => Object.keys(one.steps)))];
  table(
    ['computation', ...steps, 'in all', 'processor: page', 'drawing', 'page, MB', 'at most', 'ran on'],
    computations.map(({ text, clickToResult, steps: times, cpuMs, memoryMb, refused, provider }) => [
      text,
      ...steps.map(step => whole(times[step])),
      refused ? `refused: ${refused}` : whole(clickToResult),
      ...[cpuMs.page, cpuMs.drawing, memoryMb.before, memoryMb.peak].map(whole),
      provider ?? '',
    ])
  );
}

/** Prints the bytes of a build by part, next to those of the build before where there is one. */
export function printSizes(sizes, before) {
  console.log('\nThe plugin, kB as built');
  const kilobytes = bytes => (bytes / 1000).toFixed(0);
  table(
    ['part', ...(before ? ['before'] : []), 'now'],
    Object.entries(sizes).map(([part, bytes]) => [
      part,
      ...(before ? [kilobytes(before[part])] : []),
      kilobytes(bytes),
    ])
  );
}

/** Prints the ratios of a report, and what changed since another one. */
export function printComparison(found, rows) {
  for (const { name, ratio } of found) {
    console.log(
      `\n${name}: the browser needs ${ratio.toFixed(2)} times what the native runtime needs (two threads)`
    );
  }
  if (rows.length > 0) {
    console.log('\nAgainst the baseline, ms');
    table(
      ['scan', 'runtime', 'figure', 'before', 'now', 'change'],
      rows.map(({ name, runtime, figure, before, after, change }) => [
        name,
        runtime,
        figure,
        ...[before, after].map(value => value.toFixed(figure === 'ratio' ? 2 : 0)),
        `${change > 0 ? '+' : ''}${(100 * change).toFixed(0)} %`,
      ])
    );
  }
}

const time = ({ median, least }) => `${median.toFixed(0)} (${least.toFixed(0)})`;
const whole = value => (typeof value === 'number' ? value.toFixed(0) : '-');

function table(header, rows) {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map(row => (row[column] ?? '').length))
  );
  const line = cells =>
    cells.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[column])));
  for (const row of [header, ...rows]) {
    console.log(`  ${line(row).join('  ')}`);
  }
}
