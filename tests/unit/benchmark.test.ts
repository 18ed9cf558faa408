import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildOfCommit } from '../benchmarks/lib/buildOfCommit.mjs';
import { changes, isSameMachine, ratios } from '../benchmarks/lib/comparison.mjs';
import { performanceTable, withTable } from '../benchmarks/lib/performancePage.mjs';
import { pluginSizes } from '../benchmarks/lib/pluginSizes.mjs';

const cpuMs = { page: 9400, drawing: 3200 };
const CLICKS = ['first, 3 s after the images were there', 'first, once the page was at rest', 'again'];

/** Clicks in the viewer that take so many ms. */
const clicks = (name: string, ms: readonly number[]) => ({
  name,
  ohif: '3.12.10',
  loadAverage: [0.3, 1.9],
  computations: ms.map((clickToResult, i) => ({ text: CLICKS[i], clickToResult, cpuMs })),
});

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
    viewer: clicks(name, [5700, 4000, 3600]),
    sizes: { 'on the page': 1_254_839, worker: 265_143 },
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
    '| s | first, 3 s after the images were there | first, once the page was at rest | again |'
  );
  expect(once).toContain('| now | 5.7 (9.4 + 3.2) | 4.0 (9.4 + 3.2) | 3.6 (9.4 + 3.2) |');
  expect(once).toContain('| now | 1255 | 265 |');
  expect(once).not.toContain('before |');
  expect(once).toContain('2.5 times what the native runtime does');
  expect(once).toMatch(/^before\n[^]*\nafter\n$/);
  expect(once).not.toContain('old');
  expect(once).not.toContain('WebGPU');
  expect(withTable(once, performanceTable(report(2500)))).toBe(once);
});

test('a build before, measured in the same run, stands in a row above this one', () => {
  const before = {
    viewer: clicks('head', [9500, 9000, 4700]),
    sizes: { 'on the page': 1_500_000, worker: 200_000 },
  };
  const page = performanceTable({ ...report(2500), before });
  expect(page).toContain('| before | 9.5 (9.4 + 3.2) | 9.0 (9.4 + 3.2) | 4.7 (9.4 + 3.2) |\n| now | 5.7 ');
  expect(page).toContain('| before | 1500 | 200 |\n| now | 1255 | 265 |');
});

test('the bytes of a build count for the part that they belong to', async () => {
  const plugins = mkdtempSync(path.join(tmpdir(), 'deep-aspects-sizes-'));
  const files = {
    'extension/extension.esm.js': 10,
    'mode/mode.esm.js': 5,
    'extension/extension.umd.js': 7,
    'extension/deep-aspects.worker.js': 20,
    'extension/ort-wasm-simd-threaded.js': 1,
    'extension/ort-wasm-simd-threaded.wasm': 300,
    'extension/models/anatomy/model.onnx': 4000,
    'extension/LICENSE': 90_000,
  };
  for (const [file, bytes] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(plugins, file)), { recursive: true });
    writeFileSync(path.join(plugins, file), Buffer.alloc(bytes));
  }
  expect(await pluginSizes(plugins)).toEqual({
    'on the page': 15,
    'on the page, other form': 7,
    worker: 20,
    'for a PDF': 0,
    'ONNX runtime': 301,
    networks: 4000,
  });
  rmSync(plugins, { recursive: true });
});

test('nothing is written where the viewer was not measured, or the page has no place', () => {
  const { cases, viewer, ...rest } = report(2500);
  expect(() => performanceTable({ ...rest, cases })).toThrow(/viewer was not measured/);
  expect(() => performanceTable({ ...rest, cases, viewer: { ...viewer, skipped: 'no Chromium' } })).toThrow();
  expect(() => withTable('a page', 'a table')).toThrow(/no place/);
});

describe('the build of a commit', () => {
  let root: string;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
      cwd: root,
      encoding: 'utf8',
    }).trim();
  const builds = () => path.join(root, 'builds');

  /** A commit whose build writes that text, or fails. */
  function commit(build: string): string {
    const manifest = { name: 'a', version: '1.0.0', scripts: { build } };
    writeFileSync(path.join(root, 'package.json'), JSON.stringify(manifest));
    const lock = { name: 'a', version: '1.0.0', lockfileVersion: 3, packages: { '': manifest } };
    writeFileSync(path.join(root, 'package-lock.json'), JSON.stringify(lock));
    git('add', 'package.json', 'package-lock.json');
    git('commit', '-qm', build);
    return git('rev-parse', 'HEAD');
  }

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'deep-aspects-commits-'));
    git('init', '-q');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('is made of its own files, leaves no worktree, and is made once', async () => {
    const old = commit('mkdir dist && echo old > dist/a');
    commit('mkdir dist && echo new > dist/a');
    writeFileSync(path.join(root, 'package.json'), '{"broken": true}');
    const dist = await buildOfCommit(root, 'HEAD~1', builds());
    expect(readFileSync(path.join(dist, 'a'), 'utf8')).toBe('old\n');
    expect(git('worktree', 'list').split('\n')).toHaveLength(1);
    writeFileSync(path.join(dist, 'a'), 'kept');
    expect(await buildOfCommit(root, old, builds())).toBe(dist);
    expect(readFileSync(path.join(dist, 'a'), 'utf8')).toBe('kept');
  }, 60_000);

  test.each([
    ['that fails', 'mkdir dist && echo half > dist/a && exit 3', 'HEAD'],
    ['of no commit', 'mkdir dist', 'v9'],
  ])(
    '%s is an error, and nothing is kept of it',
    async (_name, build, reference) => {
      commit(build);
      await expect(buildOfCommit(root, reference, builds())).rejects.toThrow(/^(npm run|git rev-parse)/);
      expect(existsSync(builds()) ? readdirSync(builds()) : []).toEqual([]);
      expect(git('worktree', 'list').split('\n')).toHaveLength(1);
    },
    60_000
  );
});
