import {
  ASPECTS_REGIONS,
  type AspectsResult,
  type ReaderOverride,
  type RegionId,
  type RegionResult,
  type Side,
  SIDES,
} from '@deep-aspects/aspects/scoring';
import { hemisphereOf, WITHOUT_EVIDENCE } from '@deep-aspects/aspects/testing';

/** What the fake network found affected. */
const MODEL_AFFECTED: readonly { side: Side; region: RegionId }[] = [
  { side: 'left', region: 'M1' },
  { side: 'left', region: 'I' },
];

/** A made-up result, for tests: two affected regions on the left, the reader's overrides applied on top. */
export function fakeResult(overrides: readonly ReaderOverride[] = [], volumeMl = 12.34): AspectsResult {
  const hemisphere = (side: Side) => {
    const regions = ASPECTS_REGIONS.map(({ id, level }, i): RegionResult => {
      const override = overrides.find(one => one.side === side && one.region === id);
      const modelAffected = MODEL_AFFECTED.some(one => one.side === side && one.region === id);
      return {
        id,
        level,
        volumeMl: 8,
        infarctMl: modelAffected ? 3.2 : 0,
        infarctFraction: modelAffected ? 0.4 : 0,
        meanHu: modelAffected ? 29.5 : 33,
        contralateralMeanHu: 33,
        affected: override?.affected ?? modelAffected,
        source: override ? 'reader' : 'model',
        keySlice: `1.2.3.${i}`,
        modelAffected,
        ...WITHOUT_EVIDENCE,
      };
    });
    return hemisphereOf(regions);
  };
  const left = hemisphere('left');
  const right = hemisphere('right');
  const affected = SIDES.filter(side => (side === 'left' ? left : right).score < 10);
  const score = Math.min(left.score, right.score);
  return {
    schemaVersion: '1.1',
    createdAt: '2026-01-02T03:04:05Z',
    software: { name: 'deep-aspects', version: '0.1.0' },
    series: {
      studyInstanceUID: '1.2',
      seriesInstanceUID: '1.2.3',
      sliceCount: 10,
      rows: 2,
      columns: 2,
      pixelSpacingMm: [0.5, 0.5],
      sliceDistancesMm: Array(9).fill(5),
      gantryTiltDeg: 0,
    },
    models: [
      {
        task: 'anatomy',
        name: 'anatomy-net',
        version: '1.0.0',
        architecture: 'U-Net',
        sha256: 'a'.repeat(64),
      },
      {
        task: 'infarct',
        name: 'infarct-net',
        version: '1.0.0',
        architecture: 'U-Net',
        sha256: 'b'.repeat(64),
      },
    ],
    runtime: {
      provider: 'wasm',
      adapter: 'CPU',
      precision: 'fp32',
      timingsMs: { load: 1, preprocess: 1, anatomy: 1, infarct: 1, postprocess: 1, score: 1, total: 7930 },
    },
    score,
    affectedSide: affected.length === 2 ? 'both' : (affected[0] ?? 'none'),
    bin: score <= 3 ? 'A' : score <= 7 ? 'B' : 'C',
    hemispheres: { left, right },
    infarct: { volumeMl, leftMl: volumeMl, rightMl: 0, mcaMl: 6.4, fractionOfMca: 0.08, outsideMcaMl: 5.94 },
    oldInfarct: null,
    haemorrhage: { volumeMl: 0, hyperdenseMl: 0, suspected: false, keySlice: null },
    rule: 'overlap',
    levels: { ganglionic: ['1.2.3.0'], supraganglionic: ['1.2.3.9'] },
    warnings: [],
  };
}
