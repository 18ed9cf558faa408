import type { HeadCtSeries, QualityWarning } from '../../series/headCtSeries';
import { summariseSeries } from './summariseSeries';
import type {
  AspectsResult,
  Bin,
  HemisphereResult,
  InfarctSummary,
  ModelIdentity,
  ReaderOverride,
  RegionResult,
  Runtime,
} from './aspectsResult';
import { levelAreas, levelsFromAreas } from './levelBorder';
import { measureSegments, type SegmentMeasure } from './measureSegments';
import { midsagittalPlane, unassignedInfarctMl } from './midsagittalPlane';
import { ASPECTS_REGIONS, segmentIndexOf, SIDES, type AspectsRegion, type Level, type Side } from './regions';
import { isAffected } from './regionRule';
import { resultWarnings } from './resultWarnings';
import type { ScoringRule } from './scoringRule';

export interface AspectsInput {
  readonly series: HeadCtSeries;
  /** Segment indices 0-20, one plane a slice. */
  readonly regions: readonly Uint8Array[];
  /** 0 or 1, one plane a slice. */
  readonly infarct: readonly Uint8Array[];
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
 * The ASPECTS generation function: label maps, and a reader's decisions, to a result. The only place where a score is
 * made, for model output, reader overrides and edited masks alike.
 *
 * Each hemisphere starts at 10 and loses a point for each affected region (`ScoringRule`); the score is the worse
 * hemisphere's. Infarct outside the ten regions costs nothing.
 *
 * @throws RangeError where the masks do not fit the series.
 */
export function computeAspects(input: AspectsInput): AspectsResult {
  checkMasks(input);
  const { series, regions, infarct } = input;
  const segments = measureSegments(series, regions, infarct);
  const hemispheres = {
    left: hemisphere('left', segments, input),
    right: hemisphere('right', segments, input),
  };
  const score = Math.min(hemispheres.left.score, hemispheres.right.score);
  const levels = sliceLevels(series, segments);
  const unassigned = unassignedInfarctMl(series, regions, infarct, midsagittalPlane(series, regions));
  return {
    schemaVersion: '1.0',
    createdAt: input.createdAt,
    software: input.software,
    series: summariseSeries(series),
    models: input.models,
    runtime: input.runtime,
    score,
    affectedSide: affectedSide(hemispheres),
    bin: binOf(score),
    hemispheres,
    infarct: summariseInfarct(segments, unassigned, worseSide(hemispheres, segments)),
    levels,
    warnings: resultWarnings({ known: input.warnings ?? [], hemispheres, levels }),
  };
}

/** Paper, table 4. */
export function binOf(score: number): Bin {
  return score <= 3 ? 'A' : score <= 7 ? 'B' : 'C';
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
  { series, scoring, overrides = [] }: AspectsInput
): RegionResult {
  const own = segments[segmentIndexOf(id, side)];
  const other = segments[segmentIndexOf(id, side === 'left' ? 'right' : 'left')];
  const modelAffected = isAffected(own, id, scoring, series.sliceExtentsMm);
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

/** The side with the lower score; at a tie the one with more infarct in its territory. */
function worseSide(
  hemispheres: Readonly<Record<Side, HemisphereResult>>,
  segments: readonly SegmentMeasure[]
): Side {
  const { left, right } = hemispheres;
  if (left.score !== right.score) {
    return left.score < right.score ? 'left' : 'right';
  }
  return territory('left', segments).infarctMl >= territory('right', segments).infarctMl ? 'left' : 'right';
}

function territory(side: Side, segments: readonly SegmentMeasure[]): { volumeMl: number; infarctMl: number } {
  const parts = ASPECTS_REGIONS.map(({ id }) => segments[segmentIndexOf(id, side)]);
  return {
    volumeMl: parts.reduce((sum, part) => sum + part.volumeMl, 0),
    infarctMl: parts.reduce((sum, part) => sum + part.infarctMl, 0),
  };
}

function summariseInfarct(
  segments: readonly SegmentMeasure[],
  unassigned: Readonly<Record<Side, number>>,
  worse: Side
): InfarctSummary {
  const [left, right] = [territory('left', segments), territory('right', segments)];
  const outside = unassigned.left + unassigned.right;
  const mca = left.infarctMl + right.infarctMl;
  const { volumeMl, infarctMl } = worse === 'left' ? left : right;
  return {
    volumeMl: round(mca + outside, 3),
    leftMl: round(left.infarctMl + unassigned.left, 3),
    rightMl: round(right.infarctMl + unassigned.right, 3),
    mcaMl: round(mca, 3),
    fractionOfMca: volumeMl > 0 ? round(infarctMl / volumeMl, 4) : 0,
    outsideMcaMl: round(outside, 3),
  };
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

function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
