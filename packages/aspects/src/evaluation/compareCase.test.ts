import { DEFAULT_SCORING_RULE } from '../scoring/aspects/scoringRule';
import { scoreSeries } from '../scoring/pipeline/scoreSeries';
import { buildHeadCtSeries } from '../series/buildHeadCtSeries';
import { fakeAnatomyNetwork, fakeInfarctNetwork } from '../../testing/fakeNetworks';
import { headPhantom, INFARCT_HU, REGION_HU } from '../../testing/headPhantom';
import {
  MODEL,
  REFERENCE,
  REGION_GROUPS,
  TRUE_ANATOMY,
  TRUE_INFARCT,
  type CaseRecord,
  type InfarctComparison,
} from './caseRecord';
import { compareCase, type LabelledCase } from './compareCase';
import { evaluationReport } from './evaluationReport';
import { dice, specificity } from './overlap';

/** The phantom's attenuation is its truth: region n has REGION_HU + n, infarcted INFARCT_HU + n. */
function labelled(name: string, readers: LabelledCase['readers'] = {}): Promise<LabelledCase> {
  const instances = headPhantom({
    yawDeg: 9,
    heightsMm: Array.from({ length: 13 }, (_, index) => -52 + 8 * index),
    infarcts: [
      { side: 'left', region: 'M1' },
      { side: 'left', region: 'M2' },
      { side: 'left', region: 'L' },
      { side: 'right', region: 'M6' },
    ],
  });
  const series = buildHeadCtSeries(instances);
  const numberOf = (hu: number, base: number) => (hu > base && hu <= base + 10 ? hu - base : 0);
  const trueAnatomy = series.slices.map(({ hu }) =>
    Uint8Array.from(hu, value => numberOf(value, REGION_HU) || numberOf(value, INFARCT_HU))
  );
  const trueInfarct = series.slices.map(({ hu }) =>
    Uint8Array.from(hu, value => (numberOf(value, INFARCT_HU) ? 1 : 0))
  );
  const runtime = { provider: 'cpu' as const, adapter: 'test', precision: 'fp32' };
  return scoreSeries({ series, anatomy: fakeAnatomyNetwork(), infarct: fakeInfarctNetwork(), runtime }).then(
    scored => ({
      ...{ name, series, scored, trueAnatomy, trueInfarct, readers },
      seconds: 1,
      scoring: DEFAULT_SCORING_RULE,
    })
  );
}

jest.setTimeout(300_000);

describe('comparing a case with its truth', () => {
  let whole: LabelledCase;
  let record: CaseRecord;

  beforeAll(async () => {
    whole = await labelled('a', {
      A: { score: 8, side: 'left', regions: ['M1', 'M2'] },
      B: { score: 5, side: 'both', regions: ['M1'] },
    });
    record = compareCase(whole);
  }, 300_000);

  it('finds the labels that the networks read back, on both sides of a turned head', () => {
    for (const { id } of REGION_GROUPS) {
      expect(dice(record.anatomy?.[id] as never)).toBeGreaterThan(0.8);
    }
    expect(dice(record.infarct?.scan as never)).toBeGreaterThan(0.8);
    expect(record.readings).toMatchObject({
      [MODEL]: { score: 7, side: 'both' },
      [REFERENCE]: { score: 7, side: 'both' },
      [TRUE_ANATOMY]: { score: 7 },
      [TRUE_INFARCT]: { score: 7 },
      'reader A': { score: 8, side: 'left' },
    });
    const affected = record.regions
      .filter(region => region.affected[REFERENCE])
      .map(({ side, id }) => `${side} ${id}`);
    expect(affected.sort()).toEqual(['left L', 'left M1', 'left M2', 'right M6']);
  });

  it('holds what a reader said region by region, but not where both sides share one list', () => {
    const m1 = record.regions.filter(({ id }) => id === 'M1');
    expect(m1.map(({ side, affected }) => [side, affected['reader A'], affected['reader B']])).toEqual([
      ['left', true, undefined],
      ['right', false, undefined],
    ]);
  });

  it('counts air as free in the whole scan and leaves it out within the head', () => {
    const { scan, head } = record.infarct as InfarctComparison;
    expect(scan.trueNegative).toBeGreaterThan(1.5 * head.trueNegative);
    expect(scan.truePositive).toBe(head.truePositive);
    expect(specificity(head)).toBeLessThanOrEqual(specificity(scan) as number);
  });

  it('compares only what is labelled', () => {
    const { trueAnatomy, trueInfarct, ...rest } = whole;
    expect(compareCase({ ...rest, trueInfarct })).toMatchObject({ anatomy: undefined });
    expect(Object.keys(compareCase({ ...rest, trueAnatomy }).readings)).not.toContain(REFERENCE);
    expect(Object.keys(compareCase({ ...rest, readers: {} }).readings)).toEqual([MODEL]);
  });

  it('becomes a report in which simulated readers are marked and undefined figures are null', () => {
    const report = evaluationReport({
      createdAt: '2020-01-01T00:00:00Z',
      software: { name: 'x', version: '0' },
      dataSet: { name: 'phantoms', synthetic: true, description: '' },
      models: [],
      provider: 'cpu',
      failures: [],
      bootstrap: { replicates: 20, seed: 1 },
      cases: [record, { ...record, name: 'b' }],
      simulateReadersSeed: 1,
    });
    expect(
      report.comparisons.map(({ tested, reference, simulated }) => `${tested} / ${reference} ${simulated}`)
    ).toEqual([
      'model / reader A false',
      'model / reader B false',
      'reader A / reader B false',
      'model / reader A (simulated) true',
      'model / reader B (simulated) true',
      'reader A (simulated) / reader B (simulated) true',
      'model / reference false',
      'model infarct, true anatomy / reference false',
      'true infarct, model anatomy / reference false',
    ]);
    expect(report.comparisons[0]).toMatchObject({
      cases: 2,
      agreement: {
        exact: { value: 0 },
        within1: { value: 1 },
        pearson: { value: null },
        bias: { value: -1 },
      },
    });
    expect(report.regions.find(({ reference }) => reference === REFERENCE)).toMatchObject({
      all: { affected: 8, free: 32, sensitivity: 1, specificity: 1 },
      roc: { area: 1 },
    });
    expect(JSON.stringify(report)).not.toMatch(/NaN|undefined/);
    expect(
      report.infarctByVolume?.filter(({ scans }) => scans === 0).every(({ dice: d }) => d.value === null)
    ).toBe(true);
  });
});
