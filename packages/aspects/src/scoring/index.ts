/** From a series and two networks to an `AspectsResult`. */
export type { CodedConcept } from '../base/codedConcept';
export type { LabelMaps } from '../base/labelMaps';
export { neverDecreasing, percentWithin } from '../base/percent';
export type { AspectsResult, Provider, ReaderOverride, RegionResult, Runtime } from './aspects/aspectsResult';
export { INFARCT_CLASS, type InfarctClass, INFARCT_CLASSES } from './aspects/infarctClasses';
export { midsagittalPlane } from './aspects/midsagittalPlane';
export {
  ASPECTS_REGIONS,
  CORTICAL_SECTORS,
  type Level,
  type RegionId,
  segmentIndexOf,
  segmentLabel,
  type Side,
  SIDES,
} from './aspects/regions';
export { mergeScoringRule, type ScoringRule } from './aspects/scoringRule';
export { parseAspectsResult } from './aspects/parseAspectsResult';
export type {
  ModelFile,
  ModelManifest,
  NetworkInput,
  NetworkOutput,
  NetworkTask,
} from './manifest/modelManifest';
export { validateManifest } from './manifest/validateManifest';
export { type Graph, networkOnGraphs, runAlone } from './pipeline/networkOnGraphs';
export { type PreparedSeries, prepareSeries } from './pipeline/prepareSeries';
export { rescoreSeries, type RescoreSeriesOptions } from './pipeline/rescoreSeries';
export { scoreSeries, type ScoreSeriesOptions } from './pipeline/scoreSeries';
export { selfTestSlice } from './pipeline/selfTestSlice';
export { SOFTWARE } from './pipeline/software';
export type { Progress, ScoredSeries, SegmentationNetwork } from './pipeline/types';
export { findBrain } from './preprocessing/findBrain';
export { findHeadFrame, type HeadFrame } from './preprocessing/headFrame';
export { gridToPixel, resampleSlice } from './preprocessing/networkGrid';
export { createInputSampler } from './preprocessing/networkInput';
export { planNetworkSlices } from './preprocessing/slab';
