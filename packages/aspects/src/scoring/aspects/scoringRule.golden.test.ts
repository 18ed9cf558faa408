import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dropInfarctIslands } from '../postprocessing/infarctMask';
import type { SegmentMeasure } from './measureSegments';
import { isAffected } from './regionRule';
import type { RegionId } from './regions';
import { mergeScoringRule } from './scoringRule';

/** Cases that the training code's copy of the rule answers too (models/training/tests/test_scoring.py). */
interface Cases {
  readonly regions: readonly {
    readonly scoring: Readonly<Record<string, unknown>>;
    readonly region: RegionId;
    readonly extentsMm: readonly number[];
    readonly volumeBySliceMl: readonly number[];
    readonly infarctBySliceMl: readonly number[];
    readonly affected: boolean;
  }[];
  readonly islands: readonly {
    readonly size: number;
    readonly spacingMm: number;
    readonly extentMm: number;
    readonly threshold: number;
    readonly minIslandMl: number;
    readonly coreThreshold: number | null;
    readonly probability: readonly (readonly number[])[];
    readonly brain: readonly (readonly number[])[];
    readonly mask: readonly (readonly number[])[];
  }[];
}

const file = join(__dirname, '../../../../../models/training/tests/golden/scoring-rule.json');
const cases = JSON.parse(readFileSync(file, 'utf8')) as Cases;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

test('regions are called affected as the calibration in Python calls them', () => {
  expect(cases.regions.length).toBeGreaterThan(40);
  for (const { scoring, region, extentsMm, volumeBySliceMl, infarctBySliceMl, affected } of cases.regions) {
    const measure: SegmentMeasure = {
      volumeMl: sum(volumeBySliceMl),
      infarctMl: sum(infarctBySliceMl),
      oldInfarctMl: 0,
      haemorrhageMl: 0,
      meanHu: 30,
      volumeBySliceMl,
      infarctBySliceMl,
    };
    expect(isAffected(measure, region, mergeScoringRule(scoring), extentsMm)).toBe(affected);
  }
});

test('islands are dropped as the calibration in Python drops them', () => {
  for (const {
    size,
    spacingMm,
    extentMm,
    threshold,
    minIslandMl,
    coreThreshold,
    probability,
    brain,
    mask,
  } of cases.islands) {
    const place = {
      size,
      spacingMm,
      planeOffsetsMm: probability.map((_, z) => z * extentMm),
      extentsMm: probability.map(() => extentMm),
    };
    const cleaned = { ...place, planes: probability.map(plane => Uint8Array.from(plane)) };
    dropInfarctIslands(cleaned, { ...place, planes: brain.map(plane => Uint8Array.from(plane)) }, threshold, {
      minIslandMl,
      coreThreshold: coreThreshold ?? undefined,
    });
    const found = cleaned.planes.map(plane => Array.from(plane, value => (value >= threshold * 255 ? 1 : 0)));
    expect(found).toEqual(mask);
  }
});
