import { ASPECTS_REGIONS, SIDES, segmentIndexOf, type RegionId, type Side } from './regions';

/** What the infarct network says inside one region of one side, before any threshold. */
export interface RegionEvidence {
  /** Mean probability of acute infarct, 0-1. */
  readonly meanProbability: number;
  /** Part of the region in which acute infarct is more likely than not, 0-1. */
  readonly likelyFraction: number;
  /**
   * Probability of acute infarct that a tenth of the region reaches or exceeds, 0-1: an infarct of a part of
   * a region hardly moves its mean.
   */
  readonly upperTenthProbability: number;
  /** Part of the region in which an old infarct is more likely than not, 0-1. */
  readonly oldFraction: number;
  /**
   * Acute infarct in the region as the network drew it, ml: another volume now says that a reader
   * has redrawn it.
   */
  readonly infarctMl: number;
}

/** What is known of a region when it is decided on. */
export interface RegionFacts extends RegionEvidence {
  readonly volumeMl: number;
  readonly meanHu: number | null;
  readonly contralateralMeanHu: number | null;
}

/** Names of the features, as the manifest's weights name them. */
export const EVIDENCE_FEATURES = [
  'probability',
  'likelyFraction',
  'upperTenth',
  'huDifference',
  'contralateral',
  'oldFraction',
  'size',
] as const;

export type EvidenceFeature = (typeof EVIDENCE_FEATURES)[number];

/**
 * A logistic model of whether a reader would call a region, fitted on simulated heads that no network learnt
 * from. It replaces the overlap rule where the infarct manifest has one (`scoring.evidence`).
 */
export interface EvidenceModel {
  readonly intercept: number;
  readonly weights: Readonly<Record<EvidenceFeature, number>>;
  /** Added to the intercept for single regions. */
  readonly regions: Readonly<Partial<Record<RegionId, number>>>;
  /** Probability from which a region is affected, 0-1. */
  readonly threshold: number;
}

/** Beyond these a difference of the sides is asymmetry of something else, HU. */
const HU_DIFFERENCE: readonly [number, number] = [-4, 8];
/** Probabilities nearer to 0 or 1 say no more than these. */
const LEAST_PROBABILITY = 0.005;
/** Volumes between these count by their logarithm, ml. */
const SIZE_ML: readonly [number, number] = [0.2, 60];

const clamp = (value: number, [low, high]: readonly [number, number]): number =>
  Math.min(high, Math.max(low, value));

function logOdds(probability: number): number {
  const bounded = clamp(probability, [LEAST_PROBABILITY, 1 - LEAST_PROBABILITY]);
  return Math.log(bounded / (1 - bounded));
}

/**
 * The features of one region, in the order of `EVIDENCE_FEATURES`.
 *
 * @param facts by segment index; entries of regions that were not found have a volume of 0
 */
export function evidenceFeatures(
  facts: readonly (RegionFacts | undefined)[],
  region: RegionId,
  side: Side
): Record<EvidenceFeature, number> {
  const at = (id: RegionId, of: Side): RegionFacts | undefined => facts[segmentIndexOf(id, of)];
  const own = at(region, side);
  const { meanHu = null, contralateralMeanHu = null } = own ?? {};
  return {
    probability: logOdds(own?.meanProbability ?? 0),
    likelyFraction: own?.likelyFraction ?? 0,
    upperTenth: logOdds(own?.upperTenthProbability ?? 0),
    huDifference:
      meanHu === null || contralateralMeanHu === null
        ? 0
        : clamp(contralateralMeanHu - meanHu, HU_DIFFERENCE),
    contralateral: at(region, side === 'left' ? 'right' : 'left')?.meanProbability ?? 0,
    oldFraction: own?.oldFraction ?? 0,
    size: Math.log(clamp(own?.volumeMl ?? 0, SIZE_ML)),
  };
}

/** Probability (0-1) that a reader would call the region affected; 0 for a region that was not found. */
export function affectedProbability(
  model: EvidenceModel,
  facts: readonly (RegionFacts | undefined)[],
  region: RegionId,
  side: Side
): number {
  if (!((facts[segmentIndexOf(region, side)]?.volumeMl ?? 0) > 0)) {
    return 0;
  }
  const features = evidenceFeatures(facts, region, side);
  const sum = EVIDENCE_FEATURES.reduce(
    (total, name) => total + model.weights[name] * features[name],
    model.intercept + (model.regions[region] ?? 0)
  );
  return 1 / (1 + Math.exp(-sum));
}

/**
 * Checks an evidence model that came with a manifest or a site's configuration.
 *
 * @throws RangeError that names the entry at fault
 */
export function readEvidenceModel(value: unknown): EvidenceModel {
  const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
  const weights = (fields.weights ?? {}) as Readonly<Record<string, unknown>>;
  const regions = (fields.regions ?? {}) as Readonly<Record<string, unknown>>;
  const number = (found: unknown, name: string): number => {
    if (typeof found !== 'number' || !Number.isFinite(found)) {
      throw new RangeError(`Scoring rule: evidence.${name} must be a number, not ${String(found)}.`);
    }
    return found;
  };
  const threshold = number(fields.threshold ?? 0.5, 'threshold');
  if (!(threshold > 0 && threshold < 1)) {
    throw new RangeError(`Scoring rule: evidence.threshold must lie between 0 and 1, not ${threshold}.`);
  }
  return {
    intercept: number(fields.intercept, 'intercept'),
    weights: Object.fromEntries(
      EVIDENCE_FEATURES.map(name => [name, number(weights[name] ?? 0, `weights.${name}`)])
    ) as Record<EvidenceFeature, number>,
    regions: Object.fromEntries(
      ASPECTS_REGIONS.filter(({ id }) => regions[id] !== undefined).map(({ id }) => [
        id,
        number(regions[id], `regions.${id}`),
      ])
    ),
    threshold,
  };
}

/** The facts of a result, by segment index. */
export function regionFactsOf(
  hemispheres: Readonly<
    Record<
      Side,
      { readonly regions: readonly (Omit<RegionFacts, keyof RegionEvidence> & EvidenceOfRegion)[] }
    >
  >
): (RegionFacts | undefined)[] {
  const facts: (RegionFacts | undefined)[] = [];
  for (const side of SIDES) {
    for (const { id, evidence, volumeMl, meanHu, contralateralMeanHu } of hemispheres[side].regions) {
      facts[segmentIndexOf(id, side)] = evidence
        ? { ...evidence, volumeMl, meanHu, contralateralMeanHu }
        : undefined;
    }
  }
  return facts;
}

interface EvidenceOfRegion {
  readonly id: RegionId;
  readonly evidence: RegionEvidence | null;
}

/** Evidence of a result that is computed anew, by segment index. */
export function evidenceOfRegions(
  hemispheres: Readonly<Record<Side, { readonly regions: readonly EvidenceOfRegion[] }>>
): (RegionEvidence | undefined)[] {
  const evidence: (RegionEvidence | undefined)[] = [];
  for (const side of SIDES) {
    for (const region of hemispheres[side].regions) {
      evidence[segmentIndexOf(region.id, side)] = region.evidence ?? undefined;
    }
  }
  return evidence;
}
