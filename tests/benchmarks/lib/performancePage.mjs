import { ratios } from './comparison.mjs';

const BEGIN = '<!-- written by npm run bench -- --write -->';
const END = '<!-- until here -->';

const inSeconds = ms => (ms / 1000).toFixed(1);

/**
 * The tables of docs/performance.md: the clicks of the viewer and the plugin's size, next to those of the
 * build before where one was measured; and the viewer's scan in every runtime that this machine has.
 *
 * @param report as `tests/benchmarks/run.mjs` writes it
 * @throws Error where the report holds no such scan
 */
export function performanceTable(report) {
  const scan = report.cases.find(({ name }) => name === report.viewer?.name);
  if (!scan || report.viewer.skipped) {
    throw new Error('the viewer was not measured: nothing to write into docs/performance.md');
  }
  return [
    sentences(report, scan),
    clicks(report),
    `The engine without the viewer, both networks concurrently, on a worker each (WebAssembly); memory is the process'.${ratio(report, scan)}`,
    runtimes(scan),
    'The plugin as built, kB; a browser fetches what is on the page and the worker, one build of the runtime and the networks.',
    sizes(report),
  ].join('\n\n');
}

/** A row a build; a cell is the time on the clock and, in brackets, of the processor. */
function clicks({ viewer, before }) {
  const row = (name, { computations }) => [
    name,
    ...computations.map(
      ({ clickToResult, cpuMs }) =>
        `${inSeconds(clickToResult)} (${inSeconds(cpuMs.page)} + ${inSeconds(cpuMs.drawing)})`
    ),
  ];
  return table(
    ['s', ...viewer.computations.map(({ text }) => text)],
    [...(before && !before.viewer.skipped ? [row('before', before.viewer)] : []), row('now', viewer)]
  );
}

function runtimes({ results }) {
  return table(
    ['', 'anatomy, ms a slice', 'infarct, ms a slice', 'whole scan, s', 'peak memory, MB', 'downloaded, MB'],
    results
      .filter(({ skipped, slices }) => !skipped && slices)
      .map(({ runtime, slices, scan, peakMemoryMb, downloadedBytes }) => [
        runtime,
        slices.anatomy.median.toFixed(0),
        slices.infarct.median.toFixed(0),
        scan.refused ? `refused: ${scan.refused}` : inSeconds(scan.total),
        peakMemoryMb ? peakMemoryMb.toFixed(0) : '-',
        downloadedBytes ? (downloadedBytes.total / 1e6).toFixed(1) : '-',
      ])
  );
}

function sizes({ sizes: now, before }) {
  const row = (name, bytes) => [name, ...Object.keys(now).map(part => (bytes[part] / 1000).toFixed(0))];
  return table(
    ['', ...Object.keys(now)],
    [...(before ? [row('before', before.sizes)] : []), row('now', now)]
  );
}

function ratio({ cases }, scan) {
  const found = ratios({ cases }).find(({ name }) => name === scan.name)?.ratio;
  return found
    ? `\nThe browser needs ${found.toFixed(1)} times what the native runtime does on two threads.`
    : '';
}

function sentences({ createdAt, machine, viewer }, scan) {
  const networks = Object.entries(scan.architectures).map(([task, text]) => `${task} ${text}`);
  return [
    `${scan.name}, ${scan.shape}, in OHIF ${viewer.ohif}: from click to result, and in brackets the processor time of the page's process and of the one that draws.`,
    `Networks: ${networks.join('; ')}. Measured on ${createdAt.slice(0, 10)}: ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load average ${viewer.loadAverage[0].toFixed(1)} before.`,
  ].join('\n');
}

function table(header, rows) {
  return [header, header.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

/** The page with `text` in its place. @throws Error where the page has no place for it */
export function withTable(page, text) {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) {
    throw new Error(`docs/performance.md has no place for the table: ${BEGIN} ... ${END}`);
  }
  return `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}`;
}
