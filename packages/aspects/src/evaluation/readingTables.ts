import type { Bin } from '../scoring/aspects/aspectsResult';
import { binOf } from '../scoring/aspects/computeAspects';
import { ASPECTS_REGIONS, type RegionId } from '../scoring/aspects/regions';
import { agreementWithin, blandAltman, icc21, pearson, weightedKappa, type ScorePair } from './agreement';
import { bootstrap, type BootstrapOptions, type Estimate } from './bootstrap';
import { MODEL, type CaseRecord, type RegionRecord } from './caseRecord';
import { NO_COUNTS, precision, sensitivity, specificity, type Confusion } from './overlap';
import { ALL_BINS, ALL_SCORES, confusionMatrix, oneAgainstRest, type OneAgainstRest } from './perScore';
import { overlapRoc, type RocCurve } from './roc';

/** Two readings that are compared: how often does `tested` agree with `reference`? */
export interface Comparison {
  readonly tested: string;
  readonly reference: string;
  /** One of the two was simulated, not read. */
  readonly simulated: boolean;
}

/** Paper, tables 3 and 4 and section 6, for one comparison. */
export interface ReadingComparison extends Comparison {
  readonly cases: number;
  readonly perScore: readonly OneAgainstRest<number>[];
  readonly perBin: readonly OneAgainstRest<Bin>[];
  readonly agreement: Agreement;
  /** `matrix[reference score][tested score]`: cases. */
  readonly matrix: readonly (readonly number[])[];
}

/** Agreement of two readings of the same scans (paper, section 6; docs/metrics.md). Shares are 0-1. */
export interface Agreement {
  readonly exact: Estimate;
  readonly within1: Estimate;
  readonly within2: Estimate;
  readonly sameBin: Estimate;
  readonly pearson: Estimate;
  readonly icc: Estimate;
  readonly kappaLinear: Estimate;
  readonly kappaQuadratic: Estimate;
  /** Mean of tested minus reference, points, and the 95 % limits of agreement. */
  readonly bias: Estimate;
  readonly lowerLimit: Estimate;
  readonly upperLimit: Estimate;
}

export function compareReadings(
  cases: readonly CaseRecord[],
  comparison: Comparison,
  options: BootstrapOptions
): ReadingComparison {
  const pairs = scorePairs(cases, comparison);
  return {
    ...comparison,
    cases: pairs.length,
    perScore: oneAgainstRest(pairs, ALL_SCORES),
    perBin: oneAgainstRest(
      pairs.map(([a, b]) => [binOf(a), binOf(b)] as const),
      ALL_BINS
    ),
    agreement: agreementOf(pairs, options),
    matrix: confusionMatrix(pairs),
  };
}

/** Scores of the cases that have both readings. */
function scorePairs(cases: readonly CaseRecord[], { tested, reference }: Comparison): ScorePair[] {
  return cases.flatMap(({ readings }) =>
    readings[tested] && readings[reference]
      ? [[readings[tested].score, readings[reference].score] as const]
      : []
  );
}

function agreementOf(pairs: readonly ScorePair[], options: BootstrapOptions): Agreement {
  const estimate = (statistic: (sample: readonly ScorePair[]) => number | null) =>
    bootstrap(pairs, statistic, options);
  const sameBin = (sample: readonly ScorePair[]) =>
    agreementWithin(
      sample.map(([a, b]) => (binOf(a) === binOf(b) ? [0, 0] : [0, 1])),
      0
    );
  return {
    exact: estimate(sample => agreementWithin(sample, 0)),
    within1: estimate(sample => agreementWithin(sample, 1)),
    within2: estimate(sample => agreementWithin(sample, 2)),
    sameBin: estimate(sameBin),
    pearson: estimate(pearson),
    icc: estimate(icc21),
    kappaLinear: estimate(sample => weightedKappa(sample, 'linear')),
    kappaQuadratic: estimate(sample => weightedKappa(sample, 'quadratic')),
    bias: estimate(sample => blandAltman(sample)?.bias ?? null),
    lowerLimit: estimate(sample => blandAltman(sample)?.lower ?? null),
    upperLimit: estimate(sample => blandAltman(sample)?.upper ?? null),
  };
}

/**
 * Region by region: does the model call affected what the reference calls affected? Both sides of
 * each case count.
 */
export interface RegionDecisionTable {
  readonly reference: string;
  readonly all: RegionDecisionRow;
  readonly regions: readonly (RegionDecisionRow & { readonly id: RegionId })[];
  /**
   * How well the infarcted fraction of a region separates affected from free ones; null where all or
   * none are affected.
   */
  readonly roc: RocCurve | null;
}

export interface RegionDecisionRow {
  readonly affected: number;
  readonly free: number;
  readonly sensitivity: number | null;
  readonly specificity: number | null;
  readonly precision: number | null;
}

/** @returns undefined where no case says which regions the reference calls affected */
export function regionTable(
  cases: readonly CaseRecord[],
  reference: string
): RegionDecisionTable | undefined {
  const compared = comparedRegions(cases, reference);
  if (compared.length === 0) {
    return undefined;
  }
  return {
    reference,
    all: rowOf(compared, reference),
    regions: ASPECTS_REGIONS.map(({ id }) => ({
      id,
      ...rowOf(
        compared.filter(record => record.id === id),
        reference
      ),
    })),
    roc: overlapRoc(compared.map(({ fraction, affected }) => ({ fraction, affected: affected[reference] }))),
  };
}

/** How often the model and a reading agree on single regions; all regions of all cases together. */
export function regionAgreement(cases: readonly CaseRecord[], reference: string): RegionDecisionRow {
  return rowOf(comparedRegions(cases, reference), reference);
}

function comparedRegions(cases: readonly CaseRecord[], reference: string): RegionRecord[] {
  return cases
    .flatMap(record => record.regions)
    .filter(({ affected }) => reference in affected && MODEL in affected);
}

function rowOf(records: readonly RegionRecord[], reference: string): RegionDecisionRow {
  return regionRow(records.map(({ affected }) => [affected[MODEL], affected[reference]] as const));
}

function regionRow(pairs: readonly (readonly [boolean, boolean])[]): RegionDecisionRow {
  const counts = pairs.reduce<Confusion>(
    (sum, [tested, reference]) => ({
      truePositive: sum.truePositive + (tested && reference ? 1 : 0),
      falsePositive: sum.falsePositive + (tested && !reference ? 1 : 0),
      falseNegative: sum.falseNegative + (!tested && reference ? 1 : 0),
      trueNegative: sum.trueNegative + (!tested && !reference ? 1 : 0),
    }),
    NO_COUNTS
  );
  return {
    affected: counts.truePositive + counts.falseNegative,
    free: counts.trueNegative + counts.falsePositive,
    sensitivity: sensitivity(counts),
    specificity: specificity(counts),
    precision: precision(counts),
  };
}
