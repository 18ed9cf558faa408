import { DEFAULT_SCORING_RULE, limitsOf, mergeScoringRule } from './scoringRule';

test('the configuration goes over the manifest, the manifest over the default', () => {
  const rule = mergeScoringRule(
    {
      minInfarctFraction: 0.2,
      minInfarctMl: 0.5,
      regions: { IC: { minInfarctMl: 0.2 } },
      calibratedOn: 'synthetic',
    },
    undefined,
    { minInfarctMl: 0.7, regions: { IC: { minInfarctFraction: 0.4 } } }
  );
  expect(rule).toMatchObject({
    ...DEFAULT_SCORING_RULE,
    minInfarctFraction: 0.2,
    minInfarctMl: 0.7,
    regions: expect.anything(),
  });
  expect(limitsOf(rule, 'IC')).toEqual({ minInfarctFraction: 0.4, minInfarctMl: 0.2 });
  expect(limitsOf(rule, 'M1')).toEqual({ minInfarctFraction: 0.2, minInfarctMl: 0.7 });
});

test.each([
  { minInfarctFraction: 2 },
  { minInfarctMl: -1 },
  { adjacentSlices: '2' },
  { regions: { C: { minInfarctMl: NaN } } },
])('a senseless value is named: %j', layer =>
  expect(() => mergeScoringRule(layer)).toThrow(/Scoring rule: .*(Fraction|Ml|Slices) must be a number/)
);
