import { changes, isSameMachine, ratios } from '../benchmarks/lib/comparison.mjs';
import { performanceTable, withTable } from '../benchmarks/lib/performancePage.mjs';

/** A report as `npm run bench` writes it, of a scan that takes so many ms in the browser. */
function report(browserMs: number, name = 'head') {
  const slices = { anatomy: { median: browserMs / 50 }, infarct: { median: 30 } };
  const wasm = { runtime: 'wasm, 2 threads', slices, scan: { total: browserMs }, peakMemoryMb: 473.4 };
  return {
    createdAt: '2026-03-04T07:00:00.000Z',
    machine: { cpu: 'EPYC', cores: 2, node: 'v20' },
    cases: [
      {
        name,
        shape: '28 slices of 512x512',
        architectures: { anatomy: 'U-Net', infarct: 'U-Net of stacks' },
        results: [
          { ...wasm, downloadedBytes: { total: 46_000_000 } },
          {
            runtime: 'node, 2 threads',
            slices,
            scan: { total: 1000 },
            peakMemoryMb: 281,
            downloadedBytes: 0,
          },
          { runtime: 'WebGPU', skipped: 'there is no GPU' },
        ],
      },
    ],
    viewer: {
      name,
      ohif: '3.12.10',
      loadAverage: [0.3, 1.9],
      computations: [5700, 4000, 3600].map(clickToResult => ({ clickToResult })),
    },
  };
}

const found = (rows: ReturnType<typeof changes>, figure: string) => rows.filter(row => row.figure === figure);

test('the ratio is that of the browser to the native runtime, of scans that both scored', () => {
  expect(ratios(report(2500))).toEqual([{ name: 'head', ratio: 2.5 }]);
  const { cases, ...rest } = report(2500);
  const refused = cases.map(one => ({ ...one, results: one.results.slice(0, 1) }));
  expect(ratios({ ...rest, cases: refused })).toEqual([]);
});

test('a run is compared with the baseline figure by figure, slower is more', () => {
  const rows = changes(report(2000), report(3000));
  expect(found(rows, 'whole scan')).toEqual([
    {
      name: 'head',
      runtime: 'wasm, 2 threads',
      figure: 'whole scan',
      before: 2000,
      after: 3000,
      change: 0.5,
    },
    { name: 'head', runtime: 'node, 2 threads', figure: 'whole scan', before: 1000, after: 1000, change: 0 },
  ]);
  expect(found(rows, 'ratio')).toMatchObject([{ before: 2, after: 3, change: 0.5 }]);
  expect(found(rows, 'least click with loaded networks')).toMatchObject([{ before: 3600, after: 3600 }]);
});

test('what only one of two runs measured is not compared', () => {
  expect(changes(report(2000, 'another head'), report(3000))).toEqual([]);
  const { viewer, ...withoutViewer } = report(2000);
  expect(viewer.computations).toHaveLength(3);
  const rows = changes(withoutViewer, report(3000));
  expect(found(rows, 'first click')).toEqual([]);
  expect(rows.length).toBeGreaterThan(0);
});

test('times of another processor are not those of this one', () => {
  const other = { ...report(2000), machine: { cpu: 'EPYC', cores: 4, node: 'v20' } };
  expect([isSameMachine(report(1), report(2)), isSameMachine(report(1), other)]).toEqual([true, false]);
});

test('the page gets one table in place of the old one, and keeps the rest', () => {
  const page = 'before\n<!-- written by npm run bench -- --write -->\nold\n<!-- until here -->\nafter\n';
  const once = withTable(page, performanceTable(report(2500)));
  expect(once).toContain('| wasm, 2 threads | 50 | 30 | 2.5 | 473 | 46.0 |');
  expect(once).toContain('| node, 2 threads | 50 | 30 | 1.0 | 281 | - |');
  expect(once).toContain(
    '**4.0, 3.6 s** from click to result once the study was looked at (the first of them) and again, 5.7 s for a click 3 s after'
  );
  expect(once).toContain('2.5 times what the native runtime does');
  expect(once).toMatch(/^before\n[^]*\nafter\n$/);
  expect(once).not.toContain('old');
  expect(once).not.toContain('WebGPU');
  expect(withTable(once, performanceTable(report(2500)))).toBe(once);
});

test('nothing is written where the viewer was not measured, or the page has no place', () => {
  const { cases, viewer, ...rest } = report(2500);
  expect(() => performanceTable({ ...rest, cases })).toThrow(/viewer was not measured/);
  expect(() => performanceTable({ ...rest, cases, viewer: { ...viewer, skipped: 'no Chromium' } })).toThrow();
  expect(() => withTable('a page', 'a table')).toThrow(/no place/);
});
