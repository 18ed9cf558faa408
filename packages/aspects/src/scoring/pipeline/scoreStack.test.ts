import { fakeAnatomyNetwork, fakeInfarctNetwork } from '../../../testing/fakeNetworks';
import { fakeStackNetwork } from '../../../testing/fakeStackNetwork';
import { headPhantom } from '../../../testing/headPhantom';
import { buildHeadCtSeries } from '../../series/buildHeadCtSeries';
import { resultSchema } from '../../../testing/resultSchema';
import type { AspectsResult } from '../aspects/aspectsResult';
import { INFARCT_CLASS } from '../aspects/infarctClasses';
import { mergeScoringRule } from '../aspects/scoringRule';
import { rescoreSeries } from './rescoreSeries';
import { scoreSeries, type ScoreSeriesOptions } from './scoreSeries';
import type { ScoredSeries } from './types';

// Phantoms are painted pixel by pixel; a busy machine takes its time.
jest.setTimeout(120_000);

const series = buildHeadCtSeries(
  headPhantom({
    size: 110,
    pixelSpacingMm: 2.2,
    heightsMm: Array.from({ length: 14 }, (_, i) => -25 + 5 * i),
    infarcts: [
      { side: 'left', region: 'M2' },
      { side: 'right', region: 'M5' },
    ],
  })
);
const score = (options: Partial<ScoreSeriesOptions> = {}): Promise<ScoredSeries> =>
  scoreSeries({
    series,
    anatomy: fakeAnatomyNetwork(),
    infarct: fakeStackNetwork(),
    runtime: { provider: 'cpu', adapter: 'test', precision: 'fp32' },
    ...options,
  });
/** Scores once for all tests that only look. */
let shared: Promise<ScoredSeries> | undefined;
const scoredByEvidence = (): Promise<ScoredSeries> => (shared ??= score({ scoring: { evidence } }));
const region = ({ result }: ScoredSeries, side: 'left' | 'right', id: string) =>
  result.hemispheres[side].regions.find(candidate => candidate.id === id);
const pixelsOf = ({ infarct }: ScoredSeries, value: number): number =>
  infarct.reduce((sum, plane) => sum + plane.filter(found => found === value).length, 0);

/** Decides by the mean probability alone. */
const evidence = { intercept: 0, weights: { probability: 1 }, regions: {}, threshold: 0.5 };

describe('a network that tells acute from old infarct', () => {
  it('scores the acute one alone, and shows the old one on its side', async () => {
    const scored = await score();
    expect(scored.result).toMatchObject({ score: 9, affectedSide: 'left', rule: 'overlap' });
    expect(region(scored, 'right', 'M5')).toMatchObject({ affected: false, infarctMl: 0 });
    const { infarct, oldInfarct } = scored.result;
    expect(infarct.leftMl).toBeGreaterThan(1);
    expect(infarct.rightMl).toBe(0);
    expect(oldInfarct?.rightMl).toBeGreaterThan(1);
    expect(oldInfarct?.leftMl).toBe(0);
    expect(region(scored, 'right', 'M5')?.oldInfarctMl).toBeCloseTo(oldInfarct?.mcaMl ?? 0, 3);
    expect(pixelsOf(scored, INFARCT_CLASS.old)).toBeGreaterThan(0);
    expect(pixelsOf(scored, INFARCT_CLASS.haemorrhage)).toBe(0);
    const validate = resultSchema();
    expect(validate(scored.result) || validate.errors).toBe(true);
  });

  it('hears of the slices 5 mm below and above, and of itself at the ends', async () => {
    const heard: (readonly number[])[] = [];
    await score({ infarct: fakeStackNetwork(shares => heard.push(shares)) });
    const own = heard.slice(1).map(([below]) => below);
    heard.slice(0, -2).forEach(([, above], i) => expect(above).toBe(own[i + 1]));
    expect(heard[0][0]).toBe(own[0]);
    expect(heard.at(-1)?.[1]).toBe(heard.at(-2)?.[1]);
    expect(Math.max(...own)).toBeGreaterThan(0);
  });

  it('is told from one that does not tell: its old infarct is unknown, not zero', async () => {
    const { result } = await score({ infarct: fakeInfarctNetwork() });
    expect(result.oldInfarct).toBeNull();
    expect(result.hemispheres.left.regions[0].oldInfarctMl).toBeNull();
    expect(result.score).toBe(9);
    expect(result.affectedSide).toBe('both');
  });
});

/** The result after a correction, by another rule perhaps. */
function again(
  { regions, infarct, result }: ScoredSeries,
  rule: Readonly<Record<string, unknown>>
): AspectsResult {
  return rescoreSeries({
    series,
    regions,
    infarct,
    overrides: [],
    base: result,
    scoring: mergeScoringRule(rule),
  });
}

describe('the evidence rule', () => {
  it('decides where there is a model, and the overlap on request', async () => {
    const byEvidence = await scoredByEvidence();
    expect(byEvidence.result.rule).toBe('evidence');
    expect(region(byEvidence, 'left', 'M2')?.probability).toBeGreaterThan(0.5);
    expect(region(byEvidence, 'left', 'M3')?.probability).toBeLessThan(0.5);
    expect(region(byEvidence, 'right', 'M5')?.evidence?.oldFraction).toBeGreaterThan(0.5);
    expect(again(byEvidence, { evidence: { ...evidence, intercept: -20 } }).score).toBe(10);
    const byOverlap = again(byEvidence, { evidence, rule: 'overlap' });
    expect(byOverlap).toMatchObject({ rule: 'overlap', score: 9 });
    expect(byOverlap.hemispheres.left.regions.map(({ probability }) => probability)).toEqual(
      Array(10).fill(null)
    );
  });

  it('says the same after a correction that changes nothing, and leaves a redrawn region to the overlap', async () => {
    const scored = await scoredByEvidence();
    expect(again(scored, { evidence }).hemispheres).toEqual(scored.result.hemispheres);
    const infarct = scored.infarct.map(plane => new Uint8Array(plane.length));
    const erased = again({ ...scored, infarct }, { evidence });
    expect(erased.score).toBe(10);
    expect(erased.hemispheres.left.regions.find(({ id }) => id === 'M2')).toMatchObject({
      affected: false,
      probability: null,
    });
  });
});
