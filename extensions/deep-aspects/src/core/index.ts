export * from './aspects/aspectsResult';
export { binOf, computeAspects, type AspectsInput } from './aspects/computeAspects';
export * from './aspects/regions';
export {
  DEFAULT_SCORING_RULE,
  mergeScoringRule,
  type RegionLimits,
  type ScoringRule,
} from './aspects/scoringRule';
export { rescoreSeries, type RescoreSeriesOptions } from './pipeline/rescoreSeries';
export { scoreSeries, type ScoreSeriesOptions } from './pipeline/scoreSeries';
export { SOFTWARE } from './pipeline/software';
export * from './pipeline/types';
export { findBrain, type BrainEvidence, type BrainSpace } from './preprocessing/findBrain';
export { findHeadFrame, frameMiddle, type HeadFrame } from './preprocessing/headFrame';
export * from './preprocessing/modelManifest';
export { createInputSampler, type InputSampler } from './preprocessing/networkInput';
export { planNetworkSlices, type NetworkSlice } from './preprocessing/slab';
export { buildHeadCtSeries, type BuildOptions } from './series/buildHeadCtSeries';
export { chooseSeries, type SeriesRanking } from './series/chooseSeries';
export type { CtInstance, CtInstanceMetadata } from './series/ctInstance';
export * from './series/headCtSeries';
export { instanceKind, type InstanceKind } from './series/instanceKind';
export { ctInstancesFromNifti, type NiftiVolume } from './series/niftiVolume';
export { Refusal, type RefusalCode } from './series/refusal';
export { sliceDistances, sliceExtents, voxelVolumeMl } from './series/sliceGeometry';
export { storedValuesToHu, type StoredPixels } from './series/storedValuesToHu';
export { summariseSeries } from './series/summariseSeries';
