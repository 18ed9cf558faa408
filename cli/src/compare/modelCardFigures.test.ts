import type { CaseRecord, Confusion } from '@deep-aspects/aspects/evaluation';
import { anatomyTable, figuresTable } from './modelCardFigures';
import type { RecordsFile } from './recordsFile';

const OPTIONS = { replicates: 20, seed: 3 };

function record(
  name: string,
  infarct: Confusion,
  [model, reference]: readonly [Reading, Reading],
  regions: CaseRecord['regions'] = []
): CaseRecord {
  const truthMl = infarct.truePositive + infarct.falseNegative;
  const predictedMl = infarct.truePositive + infarct.falsePositive;
  return {
    name,
    infarct: { truthMl, predictedMl, scan: infarct, head: infarct },
    readings: { model, reference },
    regions,
    seconds: 1,
  };
}

type Reading = CaseRecord['readings'][string];

const counts = (truePositive: number, falsePositive: number, falseNegative: number): Confusion => ({
  truePositive,
  falsePositive,
  falseNegative,
  trueNegative: 1000,
});
const region = (model: boolean, reference: boolean): CaseRecord['regions'][number] => ({
  side: 'left',
  id: 'M1',
  fraction: 0.5,
  affected: { model, reference },
});
const TEN: Reading = { score: 10, side: 'none' };

const FILE: RecordsFile = {
  schemaVersion: '1.0',
  dataSet: { name: 'two kinds', synthetic: true, description: '' },
  models: [{ task: 'infarct', name: 'i', version: '3.2.1', architecture: 'x', sha256: '', parameters: 1 }],
  provider: 'cpu',
  records: [
    record(
      'acute-000',
      counts(30, 10, 10),
      [
        { score: 6, side: 'left' },
        { score: 7, side: 'left' },
      ],
      [region(true, true), region(false, false)]
    ),
    record(
      'faint-001',
      counts(0, 0, 50),
      [
        { score: 9, side: 'right' },
        { score: 6, side: 'left' },
      ],
      [region(false, true), region(true, false), region(false, false), region(false, false)]
    ),
    record('old-002', counts(0, 4, 0), [{ score: 9, side: 'left' }, TEN]),
    record('old-003', counts(0, 1, 0), [TEN, TEN]),
  ],
};

describe('the figures of a model card', () => {
  const text = figuresTable(FILE, OPTIONS);
  const valueOf = (figure: string) =>
    text
      .split('\n')
      .find(line => line.startsWith(`| ${figure} |`))
      ?.split('|')
      .slice(2, 4)
      .map(cell => cell.replace(/\[.*\]/, '').trim());

  it('say what they were measured with and on', () => {
    expect(text).toContain('infarct network 3.2.1; 4 cases: two kinds (**synthetic**).');
    expect(text).not.toMatch(/NaN|undefined|null/);
  });

  it('count regions of the cases whose reference has some', () => {
    expect(valueOf('affected regions, sensitivity')).toEqual(['0.50', '2']);
    expect(valueOf('affected regions, specificity')).toEqual(['0.75', '2']);
  });

  it('compare scores, and sides where both readings call one', () => {
    expect(valueOf('exact score')).toEqual(['25.0 %', '4']);
    expect(valueOf('score within 1 point')).toEqual(['75.0 %', '4']);
    expect(valueOf('score within 2 points')).toEqual(['75.0 %', '4']);
    expect(valueOf('same side, where both call one')).toEqual(['1 of 2', '2']);
  });

  it('pool infarct over cases that have some, and by kind of case', () => {
    expect(valueOf('acute infarct, pooled Dice')).toEqual(['0.46', '2']);
    expect(valueOf('pooled Dice, cases "acute"')).toEqual(['0.75', '1']);
    expect(valueOf('pooled Dice, cases "faint"')).toEqual(['0.00', '1']);
    expect(valueOf('mean Dice, infarct of 16-66 ml')).toEqual(['0.38', '2']);
  });

  it('tell what is called infarct where there is none', () => {
    expect(valueOf('cases "old" without acute infarct: mean volume called acute, ml')).toEqual(['2.5', '2']);
    expect(valueOf('cases "old" without acute infarct: scored 10')).toEqual(['1 of 2', '2']);
  });
});

it('the anatomy figures of cases without regions are an empty table', () => {
  expect(anatomyTable(FILE, OPTIONS).trim().split('\n')).toHaveLength(4);
});
