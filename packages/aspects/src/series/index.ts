/**
 * A head CT series: HU slices with their geometry, checked and chosen; and what every other entry builds on.
 */
export { type Affine2, affineX, affineY } from '../base/affine2';
export { cancelled, type CancelSignal, throwIfCancelled } from '../base/cancellation';
export { nextTurn } from '../base/nextTurn';
export { Refusal, REFUSAL_CODES, type RefusalCode } from '../base/refusal';
export { buildHeadCtSeries, fitStack, headCtSeriesSteps } from './buildHeadCtSeries';
export { chooseSeries, describesElsewhere, describesHead } from './chooseSeries';
export {
  type CtInstance,
  type CtInstanceMetadata,
  isLossyRatio,
  UNNAMED_AGENT,
  unnamedAgent,
} from './ctInstance';
export {
  type CtSlice,
  type HeadCtSeries,
  type QualityWarning,
  type Vec3,
  WARNING_CODES,
} from './headCtSeries';
export { ctMetadataFrom, ctMetadataOfInstance, type NaturalisedAttributes } from './naturalisedMetadata';
export { ctInstancesFromNifti } from './niftiVolume';
export { inPlaneAxes, pixelToPlane } from './sliceGeometry';
export { frameName, frameNumberOf, instanceOfFrame } from './sliceName';
export { PADDING_HU, storedValuesToHu } from './storedValuesToHu';
export { cross, dot, length, normalise, scale, subtract } from './vec3';
