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
    '\nOne scan, ms, networks loaded and warm; click is from the call to the result on the main thread'
  );
  table(
    ['runtime', ...STEPS, 'click', 'result'],
    measured.map(({ runtime, scan }) =>
      scan.refused
        ? [runtime, `refused: ${scan.refused}`]
        : [
            runtime,
            ...STEPS.map(step => whole(scan[step])),
            whole(scan.clickToResult),
            `${scan.score10} ${scan.side}`,
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
