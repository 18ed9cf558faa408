import {
  affectedProbability,
  evidenceFeatures,
  EVIDENCE_FEATURES,
  readEvidenceModel,
  type EvidenceModel,
  type RegionFacts,
} from './regionEvidence';
import { segmentIndexOf, type RegionId, type Side } from './regions';

const normal: RegionFacts = {
  meanProbability: 0.02,
  likelyFraction: 0,
  upperTenthProbability: 0.02,
  oldFraction: 0,
  infarctMl: 0,
  volumeMl: 10,
  meanHu: 33,
  contralateralMeanHu: 33,
};

function factsWith(side: Side, id: RegionId, changes: Partial<RegionFacts>): (RegionFacts | undefined)[] {
  const facts: (RegionFacts | undefined)[] = [undefined, ...Array.from({ length: 20 }, () => normal)];
  facts[segmentIndexOf(id, side)] = { ...normal, ...changes };
  return facts;
}

const weights = {
  probability: 1,
  likelyFraction: 2,
  upperTenth: 0.2,
  huDifference: 0.3,
  contralateral: -1,
  oldFraction: -4,
  size: 0,
};
const model: EvidenceModel = { intercept: 0, weights, regions: { M3: 1.5 }, threshold: 0.5 };
const probability = (facts: readonly (RegionFacts | undefined)[], id: RegionId, side: Side): number =>
  affectedProbability(model, facts, id, side);

describe('the evidence of a region', () => {
  it('counts a darker region for itself, and a brighter one against itself', () => {
    const darker = evidenceFeatures(factsWith('left', 'M2', { meanHu: 29 }), 'M2', 'left');
    const brighter = evidenceFeatures(factsWith('left', 'M2', { meanHu: 36 }), 'M2', 'left');
    expect(darker.huDifference).toBe(4);
    expect(brighter.huDifference).toBe(-3);
    expect(evidenceFeatures(factsWith('left', 'M2', { meanHu: 2 }), 'M2', 'left').huDifference).toBe(8);
    expect(evidenceFeatures(factsWith('left', 'M2', { meanHu: null }), 'M2', 'left').huDifference).toBe(0);
  });

  it('raises its own side alone', () => {
    const facts = factsWith('right', 'I', {
      meanProbability: 0.8,
      likelyFraction: 0.7,
      upperTenthProbability: 1,
    });
    expect(probability(facts, 'I', 'right')).toBeGreaterThan(0.9);
    expect(probability(facts, 'I', 'left')).toBeLessThan(0.05);
  });

  it('sees an infarct of a part of the region, which hardly moves its mean', () => {
    const none = factsWith('left', 'M2', { meanProbability: 0.08, upperTenthProbability: 0.1 });
    const part = factsWith('left', 'M2', { meanProbability: 0.08, upperTenthProbability: 0.9 });
    expect(probability(part, 'M2', 'left')).toBeGreaterThan(1.5 * probability(none, 'M2', 'left'));
  });

  it('takes nothing from the other regions of its side', () => {
    const alone = probability(factsWith('left', 'M2', {}), 'M2', 'left');
    expect(probability(factsWith('left', 'M3', { meanProbability: 0.9 }), 'M2', 'left')).toBe(alone);
  });

  it('is weaker where the defect is old', () => {
    const acute = probability(
      factsWith('left', 'M6', { meanProbability: 0.6, upperTenthProbability: 0.9 }),
      'M6',
      'left'
    );
    const old = probability(
      factsWith('left', 'M6', { meanProbability: 0.6, upperTenthProbability: 0.9, oldFraction: 0.5 }),
      'M6',
      'left'
    );
    expect(acute).toBeGreaterThan(0.5);
    expect(old).toBeLessThan(acute / 2);
  });

  it('is nothing for a region that was not found', () => {
    expect(probability(factsWith('left', 'C', { volumeMl: 0, meanProbability: 1 }), 'C', 'left')).toBe(0);
    expect(affectedProbability(model, [], 'C', 'left')).toBe(0);
  });

  it('has a weight of its own for single regions', () => {
    const [m2, m3] = (['M2', 'M3'] as const).map(id => probability(factsWith('left', 'C', {}), id, 'left'));
    expect(Math.log(m3 / (1 - m3)) - Math.log(m2 / (1 - m2))).toBeCloseTo(1.5, 6);
  });
});

describe('an evidence model of a manifest', () => {
  const valid = { intercept: -1, weights: { probability: 1.2 }, regions: { IC: -0.5 }, threshold: 0.4 };

  it('is read, absent weights being 0', () => {
    const read = readEvidenceModel(valid);
    expect(read).toMatchObject({ intercept: -1, regions: { IC: -0.5 }, threshold: 0.4 });
    expect(Object.keys(read.weights)).toEqual([...EVIDENCE_FEATURES]);
    expect(read.weights.size).toBe(0);
  });

  it.each([
    [{ ...valid, intercept: 'x' }, 'evidence.intercept'],
    [{ ...valid, weights: { probability: NaN } }, 'evidence.weights.probability'],
    [{ ...valid, regions: { IC: null } }, 'evidence.regions.IC'],
    [{ ...valid, threshold: 1 }, 'evidence.threshold'],
    [null, 'evidence.intercept'],
  ])('%j is refused by name', (value, name) => {
    expect(() => readEvidenceModel(value)).toThrow(name);
  });
});
