import type { LabelMaps } from '../../base/labelMaps';
import type { AspectsResult, ReaderOverride } from '../aspects/aspectsResult';
import { computeAspects } from '../aspects/computeAspects';
import { evidenceOfRegions } from '../aspects/regionEvidence';
import { followsFromMasks } from '../aspects/resultWarnings';
import type { ScoringRule } from '../aspects/scoringRule';
import type { HeadCtSeries } from '../../series/headCtSeries';

/** What a corrected result is made from; label maps are planes of `rows * columns`, caudal to cranial. */
export interface RescoreSeriesOptions extends LabelMaps {
  readonly series: HeadCtSeries;
  readonly overrides: readonly ReaderOverride[];
  /**
   * The result that is corrected: models, runtime, software and the series' own warnings are
   * taken over from it.
   */
  readonly base: AspectsResult;
  /** The rule of the first score (`mergeScoringRule` of manifest and configuration). */
  readonly scoring: ScoringRule;
  readonly now?: () => Date;
}

/**
 * A result after a reader's correction, by the same function as the first one; no network runs.
 *
 * @throws RangeError where the label maps do not fit the series.
 */
export function rescoreSeries(options: RescoreSeriesOptions): AspectsResult {
  const { series, regions, infarct, overrides, base, scoring, now } = options;
  return computeAspects({
    series,
    regions,
    infarct,
    overrides,
    models: base.models,
    runtime: base.runtime,
    scoring,
    tellsOld: base.oldInfarct !== null,
    evidence: evidenceOfRegions(base.hemispheres),
    hyperdense: { volumeMl: base.haemorrhage.hyperdenseMl, keySlice: base.haemorrhage.keySlice },
    warnings: base.warnings.filter(warning => !followsFromMasks(warning)),
    createdAt: (now?.() ?? new Date()).toISOString(),
    software: base.software,
  });
}
