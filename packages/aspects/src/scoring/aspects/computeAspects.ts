import type { LabelMaps } from '../../base/labelMaps';
import { fullestPlane } from '../../base/fullestPlane';
import type { HeadCtSeries, QualityWarning } from '../../series/headCtSeries';
import { summariseSeries } from './summariseSeries';
import type {
  AspectsResult,
  Bin,
  HemisphereResult,
  HaemorrhageSummary,
  ModelIdentity,
  ReaderOverride,
  RegionResult,
  Runtime,
} from './aspectsResult';
import { INFARCT_CLASS } from './infarctClasses';
import { levelAreas, levelsFromAreas } from './levelBorder';
import { measureSegments, type SegmentMeasure } from './measureSegments';
import { midsagittalPlane, unassignedInfarctMl } from './midsagittalPlane';
import { decideRegion, decidesByEvidence } from './decideRegion';
import type { RegionEvidence } from './regionEvidence';
import { ASPECTS_REGIONS, segmentIndexOf, SIDES, type AspectsRegion, type Level, type Side } from './regions';
import { resultWarnings } from './resultWarnings';
import { round } from './round';
import type { ScoringRule } from './scoringRule';
import { summariseInfarct, summariseOldInfarct } from './summariseInfarct';

export interface AspectsInput extends LabelMaps {
  readonly series: HeadCtSeries;
  /** Whether class 2 means anything: the network tells old infarct from acute. */
  readonly tellsOld?: boolean;
  /** What the network says of each region, by segment index; without it the overlap decides. */
  readonly evidence?: readonly (RegionEvidence | undefined)[];
  /**
   * Hyperdense tissue found in the images themselves, and the slice (SOP Instance UID) that shows most of it.
   */
  readonly hyperdense?: { readonly volumeMl: number; readonly keySlice: string | null };
  readonly overrides?: readonly ReaderOverride[];
  readonly models: readonly ModelIdentity[];
  readonly runtime: Runtime;
  readonly scoring: ScoringRule;
  /** Warnings known before; those about the masks are made here. */
  readonly warnings?: readonly QualityWarning[];
  /** ISO 8601 with time zone. */
  readonly createdAt: string;
  readonly software: { readonly name: string; readonly version: string };
}

/**
 * The ASPECTS generation function: label maps, and a reader's decisions, to a result. The only place where a
 * score is made, for model output, reader overrides and edited masks alike.
 *
 * Each hemisphere starts at 10 and loses a point for each affected region (`ScoringRule`); the score is the
 * worse hemisphere's. Infarct outside the ten regions costs nothing.
 *
 * @throws RangeError where the masks do not fit the series.
 */
export function computeAspects(input: AspectsInput): AspectsResult {
  checkMasks(input);
  const { series, regions, infarct, scoring, tellsOld = false } = input;
  const segments = measureSegments(series, regions, infarct);
  const hemispheres = {
    left: hemisphere('left', segments, input),
    right: hemisphere('right', segments, input),
  };
  const score = Math.min(hemispheres.left.score, hemispheres.right.score);
  const levels = sliceLevels(series, segments);
  const midline = midsagittalPlane(series, regions);
  const unassigned = (value: number): Record<Side, number> =>
    unassignedInfarctMl(series, regions, infarct, midline, value);
  const haemorrhage = summariseHaemorrhage(segments, input);
  return {
    schemaVersion: '1.1',
    createdAt: input.createdAt,
    software: input.software,
    series: summariseSeries(series),
    models: input.models,
    runtime: input.runtime,
    score,
    affectedSide: affectedSide(hemispheres),
    bin: binOf(score),
    hemispheres,
    infarct: summariseInfarct(segments, unassigned(INFARCT_CLASS.acute), hemispheres),
    oldInfarct: tellsOld ? summariseOldInfarct(segments, unassigned(INFARCT_CLASS.old)) : null,
    haemorrhage,
    rule: decidesByEvidence(scoring) ? 'evidence' : 'overlap',
    levels,
    warnings: resultWarnings({ known: input.warnings ?? [], hemispheres, levels, haemorrhage }),
  };
}

/** Paper, table 4. */
export function binOf(score: number): Bin {
  if (score <= 3) {
    return 'A';
  }
  return score <= 7 ? 'B' : 'C';
}

function checkMasks({ series, regions, infarct }: AspectsInput): void {
  const pixels = series.rows * series.columns;
  const fits = (planes: readonly Uint8Array[]): boolean =>
    planes.length === series.slices.length && planes.every(plane => plane.length === pixels);
  if (!fits(regions) || !fits(infarct)) {
    throw new RangeError(
      `Masks must have ${series.slices.length} planes of ${pixels} pixels, as the series ${series.seriesInstanceUID} has.`
    );
  }
}

function hemisphere(side: Side, segments: readonly SegmentMeasure[], input: AspectsInput): HemisphereResult {
  const regions = ASPECTS_REGIONS.map(region => regionResult(region, side, segments, input));
  return { score: 10 - regions.filter(({ affected }) => affected).length, regions };
}

function regionResult(
  { id, level }: AspectsRegion,
  side: Side,
  segments: readonly SegmentMeasure[],
  { series, scoring, overrides = [], evidence = [], tellsOld }: AspectsInput
): RegionResult {
  const own = segments[segmentIndexOf(id, side)];
  const other = segments[segmentIndexOf(id, side === 'left' ? 'right' : 'left')];
  const { affected: modelAffected, probability } = decideRegion(id, side, segments, evidence, {
    rule: scoring,
    extentsMm: series.sliceExtentsMm,
  });
  const decision = overrides.filter(override => override.side === side && override.region === id).at(-1);
  return {
    id,
    level,
    volumeMl: round(own.volumeMl, 3),
    infarctMl: round(own.infarctMl, 3),
    infarctFraction: own.volumeMl > 0 ? round(own.infarctMl / own.volumeMl, 4) : 0,
    meanHu: own.meanHu === null ? null : round(own.meanHu, 1),
    contralateralMeanHu: other.meanHu === null ? null : round(other.meanHu, 1),
    affected: decision?.affected ?? modelAffected,
    source: decision ? 'reader' : 'model',
    keySlice: keySlice(series, own),
    modelAffected,
    probability: probability === null ? null : round(probability, 4),
    oldInfarctMl: tellsOld ? round(own.oldInfarctMl, 3) : null,
    evidence: evidence[segmentIndexOf(id, side)] ?? null,
  };
}

function summariseHaemorrhage(
  segments: readonly SegmentMeasure[],
  { series, infarct, scoring, hyperdense = { volumeMl: 0, keySlice: null } }: AspectsInput
): HaemorrhageSummary {
  const drawnMl = segments.reduce((sum, { haemorrhageMl }) => sum + haemorrhageMl, 0);
  const suspected = drawnMl >= scoring.minHaemorrhageMl || hyperdense.volumeMl >= scoring.minHyperdenseMl;
  const drawnOn = fullestPlane(infarct, value => value === INFARCT_CLASS.haemorrhage);
  const isMostlyDrawn = drawnOn >= 0 && drawnMl >= hyperdense.volumeMl;
  return {
    volumeMl: round(Math.max(drawnMl, hyperdense.volumeMl), 3),
    hyperdenseMl: round(hyperdense.volumeMl, 3),
    suspected,
    keySlice: isMostlyDrawn ? series.slices[drawnOn].sopInstanceUID : hyperdense.keySlice,
  };
}

/** The slice with most infarct in the region, else with most region; null for an empty one. */
function keySlice(
  series: HeadCtSeries,
  { volumeMl, infarctMl, infarctBySliceMl, volumeBySliceMl }: SegmentMeasure
): string | null {
  if (volumeMl <= 0) {
    return null;
  }
  const by = infarctMl > 0 ? infarctBySliceMl : volumeBySliceMl;
  return series.slices[by.indexOf(Math.max(...by))].sopInstanceUID;
}

function affectedSide(hemispheres: Readonly<Record<Side, HemisphereResult>>): AspectsResult['affectedSide'] {
  const affected = SIDES.filter(side => hemispheres[side].score < 10);
  return affected.length === 2 ? 'both' : (affected[0] ?? 'none');
}

function sliceLevels(series: HeadCtSeries, segments: readonly SegmentMeasure[]): Record<Level, string[]> {
  const areas = series.slices.map((_, slice) =>
    levelAreas(segment => (10 * segments[segment].volumeBySliceMl[slice]) / series.sliceExtentsMm[slice])
  );
  const levels = levelsFromAreas(areas, series.sliceExtentsMm);
  const slicesOf = (level: Level): string[] =>
    series.slices.filter((_, slice) => levels[slice] === level).map(({ sopInstanceUID }) => sopInstanceUID);
  return { ganglionic: slicesOf('ganglionic'), supraganglionic: slicesOf('supraganglionic') };
}
