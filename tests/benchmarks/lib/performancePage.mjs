import { ratios } from './comparison.mjs';

const BEGIN = '<!-- written by npm run bench -- --write -->';
const END = '<!-- until here -->';

const HEADER = [
  ['', 'anatomy, ms a slice', 'infarct, ms a slice', 'whole scan, s', 'peak memory, MB', 'downloaded, MB'],
  ['---', '---', '---', '---', '---', '---'],
];

/**
 * The table of docs/performance.md: the scan that the viewer was timed on, in every runtime that this machine has.
 *
 * @param report as `tests/benchmarks/run.mjs` writes it
 * @throws Error where the report holds no such scan
 */
export function performanceTable(report) {
  const scan = report.cases.find(({ name }) => name === report.viewer?.name);
  if (!scan || report.viewer.skipped) {
    throw new Error('the viewer was not measured: nothing to write into docs/performance.md');
  }
  const rows = scan.results
    .filter(({ skipped, slices }) => !skipped && slices)
    .map(({ runtime, slices, scan: times, peakMemoryMb, downloadedBytes }) => [
      runtime,
      slices.anatomy.median.toFixed(0),
      slices.infarct.median.toFixed(0),
      times.refused ? `refused: ${times.refused}` : (times.total / 1000).toFixed(1),
      peakMemoryMb ? peakMemoryMb.toFixed(0) : '-',
      downloadedBytes ? (downloadedBytes.total / 1e6).toFixed(1) : '-',
    ]);
  const table = [...HEADER, ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
  return `${sentences(report, scan)}\n\n${table}`;
}

function sentences({ createdAt, machine, viewer, cases }, scan) {
  const [first, ...others] = viewer.computations.map(({ clickToResult }) =>
    (clickToResult / 1000).toFixed(1)
  );
  const ratio = ratios({ cases }).find(({ name }) => name === scan.name)?.ratio;
  const versions = Object.entries(scan.architectures).map(([task, text]) => `${task} ${text}`);
  return [
    `${scan.name}, ${scan.shape}, in OHIF ${viewer.ohif}: **${others.join(', ')} s** from click to result once the study was looked at (the first of them) and again, ${first} s for a click 3 s after the images were there.`,
    ...(ratio
      ? [`The browser needs ${ratio.toFixed(1)} times what the native runtime does on two threads.`]
      : []),
    `Networks: ${versions.join('; ')}. Measured on ${createdAt.slice(0, 10)}: ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load average ${viewer.loadAverage[0].toFixed(1)} before.`,
  ].join('\n');
}

/** The page with `text` in its place. @throws Error where the page has no place for it */
export function withTable(page, text) {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) {
    throw new Error(`docs/performance.md has no place for the table: ${BEGIN} ... ${END}`);
  }
  return `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}`;
}
