import { syntheticReport } from '../../../testing/syntheticReport';
import type { AspectsResult } from '../../scoring/aspects/aspectsResult';
import { masksDescription, resultDescription } from './resultDescription';

const { result } = syntheticReport();

/** The reader left everything as it was. */
function unchanged(changes: Partial<AspectsResult> = {}): AspectsResult {
  const ofModel = (side: 'left' | 'right') => ({
    ...result.hemispheres[side],
    regions: result.hemispheres[side].regions.map(region => ({ ...region, source: 'model' as const })),
  });
  return { ...result, hemispheres: { left: ofModel('left'), right: ofModel('right') }, ...changes };
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
  ['ASPECTS 8 left, acute 45 ml, changed by the reader', result, false],
])('%s', (description, of, edited) => {
  expect(resultDescription(of, edited)).toBe(description);
  expect(description.length).toBeLessThanOrEqual(64);
});

test('the masks tell their volume, and nothing that a reader may read otherwise', () => {
  expect(masksDescription(result, false)).toBe('ASPECTS regions, acute 45 ml');
  expect(masksDescription(result, true)).toBe('ASPECTS regions, acute 45 ml, edited by the reader');
});
