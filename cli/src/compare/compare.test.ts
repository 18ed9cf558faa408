import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  type CaseRecord,
  type Confusion,
  REGION_GROUPS,
  type RegionGroupId,
} from '@deep-aspects/aspects/evaluation';
import type { CommandHost } from '../commandHost';
import { UsageError } from '../exitStatus';
import { compareCommand, fillPage } from './compareCommand';
import { compareTables } from './compareTables';
import { infarctDice, rank } from './ranking';
import { readRecords, writeRecords, type RecordsFile } from './recordsFile';

const OPTIONS = { bootstrap: { replicates: 60, seed: 3 }, simulateReadersSeed: 1 };
const ROOT = resolve(__dirname, '../../..');

/** A case in which `found` of ten ml of infarct, and of each region, are found. */
function record(name: string, found: number, score: number): CaseRecord {
  const counts: Confusion = {
    truePositive: found,
    falsePositive: 1,
    falseNegative: 10 - found,
    trueNegative: 500,
  };
  const anatomy = Object.fromEntries(REGION_GROUPS.map(({ id }) => [id, counts])) as Record<
    RegionGroupId,
    Confusion
  >;
  return {
    name,
    infarct: { truthMl: 10, predictedMl: found + 1, scan: counts, head: counts },
    anatomy,
    readings: { model: { score, side: null }, reference: { score: 10 - (found % 5), side: null } },
    regions: [],
    seconds: 1,
  };
}

function file(architecture: string, found: number, dataSet = 'set'): RecordsFile {
  const identity = {
    version: '1',
    sha256: '',
    parameters: 1_230_000,
    architecture: `a description of ${architecture}`,
    architectureName: architecture,
  };
  return {
    schemaVersion: '1.0',
    dataSet: { name: dataSet, synthetic: true, description: '' },
    models: [
      { task: 'anatomy', name: 'a', ...identity },
      { task: 'infarct', name: 'i', ...identity },
    ],
    provider: 'cpu',
    records: Array.from({ length: 12 }, (_, i) => record(`case-${i}`, found - (i % 3), 10 - (i % 4))),
  };
}

describe('the comparison of architectures', () => {
  const tables = compareTables([file('LinkNet', 5), file('U-Net', 8), file('Own network', 9)], OPTIONS);

  it('has a row an architecture in the paper’s order, with its figures where it has some', () => {
    const rows = tables
      .split('\n')
      .filter(line => /^\| (U-Net|LinkNet|Own network) \| 0\.\d\d \[/.test(line));
    expect(rows.slice(0, 3).map(line => line.split('|')[1].trim())).toEqual([
      'U-Net',
      'LinkNet',
      'Own network',
    ]);
    expect(rows[0]).toContain('0.72 / 0.77 / 0.99');
    expect(rows[2].trim().endsWith('|  |')).toBe(true);
    expect(tables).toContain('| LinkNet | 1.23 M, 1.23 M | 1.00 | 41.2 M | 27-29 |');
    expect(tables).not.toMatch(/NaN|undefined|null/);
  });

  it('says which is first, by how much on the same cases, and what the paper found', () => {
    expect(tables).toContain('Order by infarct DSC here: Own network, U-Net, LinkNet.');
    const pair = compareTables([file('LinkNet', 8), file('U-Net', 5)], OPTIONS);
    expect(pair).toContain("The paper's order: U-Net, LinkNet; it does not hold here.");
    expect(pair).toContain('LinkNet is ahead of every other beyond chance.');
    const same = compareTables([file('LinkNet', 8), file('U-Net', 8)], OPTIONS);
    expect(same).toContain('is not ahead of every other beyond chance');
  });

  it('keeps data sets apart and marks what is synthetic or simulated', () => {
    const two = compareTables([file('U-Net', 8, 'near'), file('U-Net', 6, 'far')], OPTIONS);
    expect(two.indexOf('## Far')).toBeLessThan(two.indexOf('## Near'));
    expect(two).toContain('all of them **synthetic**');
    expect(two).toContain('reader A (simulated) against reader B (simulated)');
    expect(two).toContain('24 scans. Readers marked "(simulated)"');
  });

  it('compares the same cases: a constant lead has an interval of no width', () => {
    const rows = [8, 6].map(found => ({ name: String(found), records: file('U-Net', found).records }));
    const [first, second] = rank(rows, infarctDice, OPTIONS.bootstrap);
    expect(first).toMatchObject({ name: '8', behindFirst: null });
    const dice = (found: number) => (2 * found) / (found + 1 + 10);
    const lead = [8, 7, 6].reduce((sum, found) => sum + dice(found) - dice(found - 2), 0) / 3;
    expect(second.behindFirst?.value).toBeCloseTo(lead, 10);
    expect(second.behindFirst?.low).toBeGreaterThan(0);
  });
});

describe('files of case records', () => {
  it('come back as they were written, numbers to six digits', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'deep-aspects-')), 'records.json');
    const [first, ...others] = file('U-Net', 7).records;
    const written = (seconds: number) => ({
      ...file('U-Net', 7),
      records: [{ ...first, seconds }, ...others],
    });
    writeRecords(path, written(1234.56789));
    expect(readRecords(path)).toEqual(written(1234.57));
  });

  it('of earlier versions name no architecture: its description stands in the row', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'deep-aspects-')), 'records.json');
    const older = file('U-Net', 7);
    const models = older.models.map(({ architectureName: _, ...model }) => model);
    writeRecords(path, { ...older, models });
    expect(compareTables([readRecords(path)], OPTIONS)).toContain('\n| a description of U-Net | 0.');
  });

  it('are refused where they are something else', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'deep-aspects-')), 'records.json');
    for (const text of ['{', '{"schemaVersion": "1.0"}', 'null']) {
      writeFileSync(path, text);
      expect(() => readRecords(path)).toThrow(UsageError);
    }
  });
});

describe('a page', () => {
  it('gets the parts that it has marks for between these, again and again', () => {
    const parts = { tables: () => 'new', figures: () => 'more' };
    const page = 'before\n<!-- tables: begin -->\nold\n<!-- tables: end -->\nafter';
    const filled = fillPage(page, parts, 'page.md');
    expect(filled).toBe('before\n<!-- tables: begin -->\n\nnew\n\n<!-- tables: end -->\nafter');
    expect(fillPage(filled, parts, 'page.md')).toBe(filled);
    const both = `${page}\n<!-- figures: begin --><!-- figures: end -->`;
    expect(fillPage(both, parts, 'page.md')).toContain('figures: begin -->\n\nmore\n\n<!-- figures: end');
    expect(() => fillPage('no marks', parts, 'page.md')).toThrow(UsageError);
    expect(() => fillPage('<!-- tables: begin -->', parts, 'page.md')).toThrow(UsageError);
  });

  it('that is a model card takes the figures of one file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
    const [page, ...files] = ['card.md', 'a.json', 'b.json'].map(name => join(folder, name));
    writeFileSync(page, '<!-- figures: begin --><!-- figures: end -->');
    files.forEach(path => writeRecords(path, file('U-Net', 7)));
    await expect(compareCommand([...files, '--page', page], {} as CommandHost)).rejects.toThrow(UsageError);
  });

  const evidence = join(ROOT, 'models/comparison/records');
  const shipped = join(ROOT, 'models/records/shipped.json');
  const between = (text: string) => /: begin -->[^]*(?=<!-- [a-z ]+: end)/.exec(text)?.[0];

  it.each([
    [
      'docs/evidence.md',
      readdirSync(evidence).map(name => join(evidence, name)),
      ['--simulate-readers', '1'],
    ],
    ['README.md', [shipped], []],
    ['models/infarct/README.md', [shipped], []],
    ['models/anatomy/README.md', [shipped], []],
  ])('%s holds what the command makes of the kept records', async (name, files, options) => {
    const page = readFileSync(join(ROOT, name), 'utf8');
    const copy = join(mkdtempSync(join(tmpdir(), 'deep-aspects-')), 'page.md');
    writeFileSync(copy, page.replace(/\d\.\d\d/g, '9.99'));
    await compareCommand([...files, ...options, '--page', copy], {} as CommandHost);
    const filled = between(readFileSync(copy, 'utf8'));
    expect(filled).toMatch(/synthetic[^]*\d\.\d\d \[/);
    expect(between(page)).toBe(filled);
  });

  it('of a model card is about the networks that are shipped', () => {
    for (const { task, sha256 } of readRecords(shipped).models) {
      const manifest = readFileSync(join(ROOT, `models/${task}/manifest.json`), 'utf8');
      expect((JSON.parse(manifest) as { sha256: string }).sha256).toBe(sha256);
    }
  });

  it('of evidence has a shipped pair for each architecture of its records', () => {
    const folder = join(ROOT, 'models/comparison');
    for (const name of readdirSync(join(folder, 'records'))) {
      const { models } = readRecords(join(folder, 'records', name));
      const [architecture] = name.split('-');
      for (const { task, sha256 } of models) {
        const manifest = join(folder, architecture, task, 'manifest.json');
        expect(existsSync(manifest)).toBe(true);
        expect((JSON.parse(readFileSync(manifest, 'utf8')) as { sha256: string }).sha256).toBe(sha256);
      }
    }
  });
});
