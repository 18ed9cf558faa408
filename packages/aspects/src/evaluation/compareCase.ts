import type { AspectsResult } from '../scoring/aspects/aspectsResult';
import { INFARCT_CLASS } from '../scoring/aspects/infarctClasses';
import { computeAspects } from '../scoring/aspects/computeAspects';
import { evidenceFeatures, regionFactsOf } from '../scoring/aspects/regionEvidence';
import { ASPECTS_REGIONS, segmentIndexOf, SIDES, type RegionId, type Side } from '../scoring/aspects/regions';
import type { ScoringRule } from '../scoring/aspects/scoringRule';
import type { ScoredSeries } from '../scoring/pipeline/types';
import { findBrain } from '../scoring/preprocessing/findBrain';
import { findHeadFrame } from '../scoring/preprocessing/headFrame';
import type { HeadCtSeries } from '../series/headCtSeries';
import { voxelVolumeMl } from '../series/sliceGeometry';
import {
  groupOfClass,
  groupOfSegment,
  MODEL,
  REFERENCE,
  REGION_GROUPS,
  TRUE_ANATOMY,
  TRUE_INFARCT,
  type CaseRecord,
  type InfarctComparison,
  type Reading,
  type RegionRecord,
} from './caseRecord';
import { compareLabels, compareMasks } from './overlap';
import { trueSegments } from './trueSegments';

/** What a reader wrote down of a case (`readers.json`). */
export interface ReaderReading {
  readonly score: number;
  readonly side?: Side | 'both' | 'none';
  /** Affected regions of that side. */
  readonly regions?: readonly RegionId[];
}

export interface LabelledCase {
  readonly name: string;
  readonly series: HeadCtSeries;
  readonly scored: ScoredSeries;
  readonly seconds: number;
  readonly scoring: ScoringRule;
  /** 1 is acute infarct, one plane a slice; other classes don't count. */
  readonly trueInfarct?: readonly Uint8Array[];
  /** Class ids of the anatomy manifest, one plane a slice. */
  readonly trueAnatomy?: readonly Uint8Array[];
  /** By the reader's name. */
  readonly readers: Readonly<Record<string, ReaderReading>>;
}

/** From this attenuation on a voxel belongs to the head (or the table), not to the air around it. */
const HEAD_FROM_HU = -300;

/** Compares the model's label maps and score with everything that is known of a case. */
export function compareCase(labelled: LabelledCase): CaseRecord {
  const { name, series, scored, seconds, trueInfarct, trueAnatomy } = labelled;
  const voxelMl = series.slices.map((_, slice) => voxelVolumeMl(series, slice));
  const results = resultsOf(labelled);
  const readers = Object.fromEntries(
    Object.entries(labelled.readers).map(([reader, { score, side }]) => [
      `reader ${reader}`,
      { score, side: side ?? null },
    ])
  );
  const readings = Object.fromEntries(
    Object.entries(results).map(([key, result]) => [key, readingOf(result)])
  );
  return {
    name,
    infarct: trueInfarct && compareInfarct(scored.infarct, trueInfarct, series, voxelMl),
    anatomy: trueAnatomy && compareAnatomy(scored.regions, trueAnatomy, voxelMl),
    readings: { ...readings, ...readers },
    regions: regionRecords(results, labelled.readers),
    findings: {
      oldInfarctMl: scored.result.oldInfarct?.volumeMl ?? null,
      haemorrhageMl: scored.result.haemorrhage.volumeMl,
      haemorrhageSuspected: scored.result.haemorrhage.suspected,
    },
    seconds,
  };
}

/** Results of the same function from the model's masks, the true ones, and both mixtures. */
function resultsOf(labelled: LabelledCase): Record<string, AspectsResult> {
  const { series, scored, scoring, trueInfarct, trueAnatomy } = labelled;
  const { models, runtime, createdAt, software } = scored.result;
  const compute = (regions: readonly Uint8Array[], infarct: readonly Uint8Array[]) =>
    computeAspects({ series, regions, infarct, models, runtime, createdAt, software, scoring });
  const segments = trueAnatomy && trueSegments(trueAnatomy, series, findHeadFrame(findBrain(series)));
  return {
    [MODEL]: scored.result,
    ...(segments && trueInfarct ? { [REFERENCE]: compute(segments, trueInfarct) } : {}),
    ...(segments ? { [TRUE_ANATOMY]: compute(segments, scored.infarct) } : {}),
    ...(trueInfarct ? { [TRUE_INFARCT]: compute(scored.regions, trueInfarct) } : {}),
  };
}

function readingOf({ score, affectedSide }: AspectsResult): Reading {
  return { score, side: affectedSide };
}

function compareInfarct(
  predicted: readonly Uint8Array[],
  truth: readonly Uint8Array[],
  series: HeadCtSeries,
  voxelMl: readonly number[]
): InfarctComparison {
  const head = series.slices.map(({ hu }) => Uint8Array.from(hu, value => (value > HEAD_FROM_HU ? 1 : 0)));
  // Old infarct and haemorrhage are neither found nor missed here.
  const drawn = predicted.map(plane => plane.map(value => (value === INFARCT_CLASS.acute ? 1 : 0)));
  const scan = compareMasks(drawn, truth, voxelMl);
  return {
    truthMl: scan.truePositive + scan.falseNegative,
    predictedMl: scan.truePositive + scan.falsePositive,
    scan,
    head: compareMasks(drawn, truth, voxelMl, head),
  };
}

function compareAnatomy(
  predicted: readonly Uint8Array[],
  truth: readonly Uint8Array[],
  voxelMl: readonly number[]
): CaseRecord['anatomy'] {
  const classOf = { predicted: groupOfSegment, truth: groupOfClass };
  const counts = compareLabels(predicted, truth, voxelMl, REGION_GROUPS.length, classOf);
  return Object.fromEntries(
    REGION_GROUPS.map(({ id }, index) => [id, counts[index]])
  ) as CaseRecord['anatomy'];
}

function regionRecords(
  results: Readonly<Record<string, AspectsResult>>,
  readers: LabelledCase['readers']
): RegionRecord[] {
  const facts = regionFactsOf(results[MODEL].hemispheres);
  return SIDES.flatMap(side =>
    ASPECTS_REGIONS.map(({ id }, index) => {
      const affected: Record<string, boolean> = {};
      for (const [key, { hemispheres }] of Object.entries(results)) {
        affected[key] = hemispheres[side].regions[index].affected;
      }
      for (const [reader, { side: readSide, regions }] of Object.entries(readers)) {
        // Regions of a reading of both sides cannot be told apart.
        if (regions && readSide !== 'both') {
          affected[`reader ${reader}`] = readSide === side && regions.includes(id);
        }
      }
      return {
        side,
        id,
        fraction: results[MODEL].hemispheres[side].regions[index].infarctFraction,
        features: facts[segmentIndexOf(id, side)] ? evidenceFeatures(facts, id, side) : null,
        probability: results[MODEL].hemispheres[side].regions[index].probability,
        affected,
      };
    })
  );
}
