import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CaseRecord, evaluationReport } from '@deep-aspects/aspects/evaluation';
import { UsageError } from '../exitStatus';
import { CaseCache } from './caseCache';
import { describeDataSet, fingerprint, listCases, readReaders } from './dataSet';
import { parseEvaluateArguments } from './evaluateArguments';
import { markdownReport } from './markdownReport';
import { writePlots } from './writePlots';

function dataSet(): string {
  const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
  for (const name of ['b', 'a', 'no-scan']) {
    mkdirSync(join(folder, name));
  }
  writeFileSync(join(folder, 'a/ct.nii.gz'), 'x');
  writeFileSync(join(folder, 'a/infarct.nii.gz'), 'x');
  mkdirSync(join(folder, 'b/ct'));
  return folder;
}

describe('a data set', () => {
  it('has a case for each folder with a scan, and knows its labels', () => {
    const folder = dataSet();
    const cases = listCases(folder);
    expect(cases.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(cases[0]).toMatchObject({ infarct: join(folder, 'a/infarct.nii.gz'), anatomy: undefined });
    expect(() => listCases(join(folder, 'no-scan'))).toThrow(UsageError);
  });

  it('says whether it is synthetic', () => {
    const folder = dataSet();
    expect(describeDataSet(folder, listCases(folder)).synthetic).toBe(false);
    writeFileSync(join(folder, 'b/truth.json'), '{"data": "synthetic head CT"}');
    expect(describeDataSet(folder, listCases(folder)).synthetic).toBe(true);
    writeFileSync(join(folder, 'dataset.json'), '{"name": "mine", "synthetic": false}');
    expect(describeDataSet(folder, listCases(folder))).toEqual({
      name: 'mine',
      synthetic: false,
      description: '',
    });
  });

  it('checks what readers wrote', () => {
    const folder = dataSet();
    const read = (text: string) => {
      writeFileSync(join(folder, 'a/readers.json'), text);
      return readReaders(listCases(folder)[0]);
    };
    expect(read('{"A": {"score": 7, "side": "left", "regions": ["M1"]}}')).toEqual({
      A: { score: 7, side: 'left', regions: ['M1'] },
    });
    expect(() => read('{"A": {"score": 11}}')).toThrow('reader A');
    expect(() => read('{"A": {"score": 7, "side": "links"}}')).toThrow('side');
    expect(() => read('{"A": {"score": 7, "regions": ["M9"]}}')).toThrow('M9');
    expect(() => read('[]')).toThrow('readers.json');
  });
});

describe('the cache of cases', () => {
  const record: CaseRecord = { name: 'a', readings: {}, regions: [], seconds: 1 };

  it('gives a record back for the same key alone, and survives a damaged file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
    const cache = new CaseCache(folder);
    cache.write('a', 'key', record);
    expect(new CaseCache(folder).read('a', 'key')).toEqual(record);
    expect(cache.read('a', 'other')).toBeUndefined();
    expect(cache.read('b', 'key')).toBeUndefined();
    writeFileSync(join(folder, 'a.json'), '{"key": ');
    expect(cache.read('a', 'key')).toBeUndefined();
  });

  it('has a key that changes with the files of the case', () => {
    const folder = dataSet();
    const [first] = listCases(folder);
    const before = fingerprint(first);
    expect(fingerprint(first)).toBe(before);
    writeFileSync(join(folder, 'a/infarct.nii.gz'), 'longer');
    expect(fingerprint(first)).not.toBe(before);
  });
});

describe('arguments of evaluate', () => {
  it('keeps cases next to the results', () => {
    const folder = dataSet();
    expect(parseEvaluateArguments([folder, '--json', 'r.json'], '/m').cache).toBe('r.json.cases');
    expect(parseEvaluateArguments([folder, '--markdown', 'r.md', '--json', '-'], '/m').cache).toBe(
      'r.md.cases'
    );
    expect(parseEvaluateArguments([folder], '/m')).toMatchObject({
      cache: undefined,
      replicates: 1000,
      models: '/m',
    });
  });

  it.each([[[]], [[__dirname, __dirname]], [[__dirname, '--simulate-readers', 'x']], [['/no/such']]])(
    'refuses %j',
    argv => {
      expect(() => parseEvaluateArguments(argv, '/m')).toThrow(UsageError);
    }
  );
});

describe('the report', () => {
  const noInfarct = { truePositive: 0, falsePositive: 0, falseNegative: 0, trueNegative: 9 };
  const reading = (score: number) => ({ score, side: null });
  const cases: CaseRecord[] = ['a', 'b', 'c'].map((name, index) => ({
    name,
    infarct: { truthMl: 0, predictedMl: 0, scan: noInfarct, head: noInfarct },
    readings: { model: reading(10), reference: reading(10 - index), 'reader A': reading(10) },
    regions: [
      { side: 'left', id: 'M1', fraction: index / 4, affected: { model: index > 1, reference: index > 0 } },
    ],
    seconds: index,
  }));
  const report = evaluationReport({
    createdAt: '2020-01-01T00:00:00Z',
    software: { name: 'x', version: '0' },
    dataSet: { name: 'set', synthetic: true, description: '' },
    models: [],
    provider: 'cpu',
    failures: [{ case: 'd', code: 'NO_BRAIN', message: 'No.' }],
    bootstrap: { replicates: 20, seed: 1 },
    cases,
    simulateReadersSeed: 2,
  });

  it('prints n/a for what is undefined, and marks what is synthetic or simulated', () => {
    const text = markdownReport(report, []);
    expect(text).not.toMatch(/NaN|undefined|null/);
    expect(text).toContain('| Mean over scans | n/a | n/a | 1.00 [1.00, 1.00] |');
    expect(text).toContain('(synthetic images)');
    expect(text).toContain('## Tables 3 and 4: model against reader A (simulated)');
    expect(text).toContain('are no radiologists');
    expect(text).toContain('- d: NO_BRAIN: No.');
    expect(text).toMatch(/\| Pearson r \| n\/a/);
  });

  it('writes plots that say what they are made from', () => {
    const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
    const plots = writePlots(report, join(folder, 'report.md'));
    expect(plots.map(({ file }) => file)).toContain('report-roc-reference.svg');
    for (const { file } of plots) {
      const svg = readFileSync(join(folder, file), 'utf8');
      expect(svg).toMatch(/^<svg [^>]*>/);
      expect(svg).not.toContain('NaN');
      expect(svg).toContain('set, synthetic images');
      expect(svg.includes('simulated readers')).toBe(file.includes('simulated'));
    }
  });
});
