import { readEvidenceModel, type EvidenceModel } from './regionEvidence';
import { ASPECTS_REGIONS, type RegionId } from './regions';

/** From how much infarct a region counts as affected. */
export interface RegionLimits {
  /** Least infarcted part of the region, 0-1. */
  readonly minInfarctFraction: number;
  /** Least infarct in the region, ml. */
  readonly minInfarctMl: number;
}

/**
 * The rule by which masks become a score. Under the overlap rule a region is affected if its infarct reaches
 * BOTH limits (its own, if `regions` has some) and, in thin slices, is seen on enough adjacent ones.
 */
export interface ScoringRule extends RegionLimits {
  /** Limits of single regions; what is left out is taken from the general ones. */
  readonly regions: Readonly<Partial<Record<RegionId, Partial<RegionLimits>>>>;
  /** Slices closer than this are thin, mm. */
  readonly thinSliceMm: number;
  /** On thin slices, number of adjacent slices that must show infarct in the region (classically two). */
  readonly adjacentSlices: number;
  /** Bodies of infarct with a core smaller than this are dropped before anything is measured, ml. */
  readonly minIslandMl: number;
  /** Infarct probability (0-1) of a core; undefined, or below the infarct threshold: a body is all core. */
  readonly coreThreshold?: number;
  /**
   * Infarct probability (0-1) from which a pixel is infarct; undefined: the infarct manifest's own threshold.
   */
  readonly infarctThreshold?: number;
  /** Hyperdense tissue of this volume raises HEMORRHAGE_SUSPECTED, ml. */
  readonly minHyperdenseMl: number;
  /** Haemorrhage drawn by the network of this volume raises HEMORRHAGE_SUSPECTED, ml. */
  readonly minHaemorrhageMl: number;
  /** How regions are decided on: by the evidence model, where there is one, or by the paper's overlap. */
  readonly rule: 'evidence' | 'overlap';
  readonly evidence?: EvidenceModel;
}

export const DEFAULT_SCORING_RULE: ScoringRule = {
  minInfarctFraction: 0.1,
  minInfarctMl: 0.3,
  regions: {},
  thinSliceMm: 2.5,
  adjacentSlices: 2,
  minIslandMl: 0.3,
  minHyperdenseMl: 2,
  minHaemorrhageMl: 1,
  rule: 'evidence',
};

type NumberKey = Exclude<keyof ScoringRule, 'regions' | 'rule' | 'evidence'>;

/** Greatest sensible value of each number; all are at least 0. */
const LIMITS: Readonly<Record<NumberKey, number>> = {
  minInfarctFraction: 1,
  minInfarctMl: 1000,
  thinSliceMm: 100,
  adjacentSlices: 100,
  minIslandMl: 1000,
  coreThreshold: 1,
  infarctThreshold: 1,
  minHyperdenseMl: 10000,
  minHaemorrhageMl: 10000,
};

/**
 * The default rule, overridden by the infarct model's manifest (`scoring`) and then by a site's
 * configuration. Unknown keys are ignored, because a manifest may have more in `scoring` than the rule.
 *
 * @throws RangeError for a value of the wrong type or range, naming the key.
 */
export function mergeScoringRule(
  ...layers: readonly (Readonly<Record<string, unknown>> | undefined)[]
): ScoringRule {
  return layers.reduce<ScoringRule>(
    (rule, layer) => (layer ? overlay(rule, layer) : rule),
    DEFAULT_SCORING_RULE
  );
}

function overlay(rule: ScoringRule, layer: Readonly<Record<string, unknown>>): ScoringRule {
  const regions: Partial<Record<RegionId, Partial<RegionLimits>>> = { ...rule.regions };
  const given = (layer.regions ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  for (const { id } of ASPECTS_REGIONS) {
    if (given[id]) {
      const limits = pickNumbers(given[id], ['minInfarctFraction', 'minInfarctMl'], `regions.${id}.`);
      regions[id] = { ...regions[id], ...limits };
    }
  }
  return {
    ...rule,
    ...pickNumbers(layer, Object.keys(LIMITS) as NumberKey[], ''),
    regions,
    rule: pickRule(layer.rule) ?? rule.rule,
    evidence: layer.evidence === undefined ? rule.evidence : readEvidenceModel(layer.evidence),
  };
}

function pickRule(value: unknown): ScoringRule['rule'] | undefined {
  if (value !== undefined && value !== 'evidence' && value !== 'overlap') {
    throw new RangeError(`Scoring rule: rule must be "evidence" or "overlap", not ${String(value)}.`);
  }
  return value;
}

function pickNumbers(
  layer: Readonly<Record<string, unknown>>,
  keys: readonly NumberKey[],
  prefix: string
): Partial<Record<NumberKey, number>> {
  const picked: Partial<Record<NumberKey, number>> = {};
  for (const key of keys) {
    const value = layer[key];
    if (value === undefined) {
      continue;
    }
    if (typeof value !== 'number' || !(value >= 0 && value <= LIMITS[key])) {
      throw new RangeError(
        `Scoring rule: ${prefix}${key} must be a number from 0 to ${LIMITS[key]}, not ${String(value)}.`
      );
    }
    picked[key] = value;
  }
  return picked;
}

/** The limits that hold for one region. */
export function limitsOf(rule: ScoringRule, region: RegionId): RegionLimits {
  const own = rule.regions[region];
  return {
    minInfarctFraction: own?.minInfarctFraction ?? rule.minInfarctFraction,
    minInfarctMl: own?.minInfarctMl ?? rule.minInfarctMl,
  };
}
