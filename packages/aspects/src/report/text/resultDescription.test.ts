import { syntheticReport } from '../../../testing/syntheticReport';
import type { AspectsResult } from '../../scoring/aspects/aspectsResult';
import { describedOutcome, refusalDescription } from './describedOutcome';
import { masksDescription, resultDescription } from './resultDescription';

const { result } = syntheticReport();
const oldInfarct = { volumeMl: 0, leftMl: 0, rightMl: 0, mcaMl: 0, outsideMcaMl: 0 };

/** The reader left everything as it was, and the network tells old from acute. */
function unchanged(changes: Partial<AspectsResult> = {}): AspectsResult {
  const ofModel = (side: 'left' | 'right') => ({
    ...result.hemispheres[side],
    regions: result.hemispheres[side].regions.map(region => ({ ...region, source: 'model' as const })),
  });
  return {
    ...result,
    oldInfarct,
    hemispheres: { left: ofModel('left'), right: ofModel('right') },
    ...changes,
  };
}

const infarct = (volumeMl: number, outsideMcaMl = 0) => ({ ...result.infarct, volumeMl, outsideMcaMl });

test.each<[string, AspectsResult, boolean]>([
  ['ASPECTS 6 left, acute 32 ml', unchanged({ score: 6, infarct: infarct(32.4) }), false],
  [
    'ASPECTS 6 right, acute 8.5 ml',
    unchanged({ score: 6, affectedSide: 'right', infarct: infarct(8.46) }),
    false,
  ],
  [
    'ASPECTS 10, no acute infarct',
    unchanged({ score: 10, affectedSide: 'none', infarct: infarct(0.02) }),
    false,
  ],
  [
    'ASPECTS 10, acute 25 ml outside MCA',
    unchanged({ score: 10, affectedSide: 'none', infarct: infarct(25, 25) }),
    false,
  ],
  [
    'ASPECTS 3 both sides, acute 132 ml, changed by the reader',
    unchanged({ score: 3, affectedSide: 'both', infarct: infarct(132) }),
    true,
  ],
  ['ASPECTS 8 left, hypodense 45 ml, changed by the reader', result, false],
  [
    'ASPECTS 10, hypodense 125 ml outside MCA, changed by the reader',
    unchanged({ score: 10, affectedSide: 'none', infarct: infarct(125, 125), oldInfarct: null }),
    true,
  ],
  [
    'ASPECTS 10, no hypodensity',
    unchanged({ score: 10, affectedSide: 'none', infarct: infarct(0), oldInfarct: null }),
    false,
  ],
])('%s', (description, of, edited) => {
  expect(resultDescription(of, edited)).toBe(description);
  expect(description.length).toBeLessThanOrEqual(64);
});

test('a haemorrhage that a reader has excluded is a change by the reader', () => {
  const haemorrhage = { volumeMl: 9, hyperdenseMl: 9, suspected: false, keySlice: null };
  expect(resultDescription(unchanged({ haemorrhage }))).not.toContain('changed');
  const excluded = { ...haemorrhage, excludedByReader: true } as const;
  expect(resultDescription(unchanged({ haemorrhage: excluded }))).toMatch(/, changed by the reader$/);
});

test('the masks tell their volume, and nothing that a reader may read otherwise', () => {
  expect(masksDescription(result, false)).toBe('ASPECTS regions, hypodense 45 ml');
  expect(masksDescription(result, true)).toBe('ASPECTS regions, hypodense 45 ml, edited by the reader');
});

test.each<[Partial<AspectsResult>, boolean]>([
  [{ score: 6 }, false],
  [{ score: 3, affectedSide: 'both' }, true],
  [{ score: 10, affectedSide: 'none', infarct: infarct(25, 25) }, false],
  [{ score: 10, affectedSide: 'none', infarct: infarct(0) }, false],
  [{ score: 3, affectedSide: 'both', warnings: [{ code: 'HEMORRHAGE_SUSPECTED', message: '' }] }, true],
])('what a description tells is read back from it: %j', (changes, edited) => {
  const of = unchanged(changes);
  const description = resultDescription(of, edited);
  expect(description.length).toBeLessThanOrEqual(64);
  expect(describedOutcome(description)).toEqual({
    kind: 'scored',
    score: of.score,
    side: of.affectedSide,
    haemorrhageSuspected: of.warnings.some(({ code }) => code === 'HEMORRHAGE_SUSPECTED'),
    changedByReader: edited,
  });
});

test('a refusal is read back with its code, and what others wrote is no outcome', () => {
  expect(describedOutcome(refusalDescription('NO_BRAIN'))).toEqual({ kind: 'refused', code: 'NO_BRAIN' });
  for (const other of ['', 'ASPECTS regions, acute 45 ml', 'ASPECTS 11 left, acute 3 ml', 'Head 5 mm']) {
    expect(describedOutcome(other)).toBeUndefined();
  }
});
