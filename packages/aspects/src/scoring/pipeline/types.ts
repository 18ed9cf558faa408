import type { LabelMaps } from '../../base/labelMaps';
import type { AspectsResult } from '../aspects/aspectsResult';
import type { ModelManifest } from '../manifest/modelManifest';

/** The only interface between this package and a runtime. */
export type SegmentationNetwork = SliceNetwork | StackNetwork;

interface Network {
  readonly manifest: ModelManifest;
  /**
   * How many runs may be asked for before the first is answered. More than one says that another thread
   * computes at least some of them; the infarct network then runs concurrently with the anatomy network. One
   * where it is not given.
   */
  readonly runsAhead?: number;
}

/** A network that turns one prepared input into its output, slice by slice. */
export interface SliceNetwork extends Network {
  /**
   * `input`: channels * size * size float32. Resolves to planes * size * size uint8 (labels or
   * probabilities).
   */
  run(input: Float32Array): Promise<Uint8Array>;
}

/** A network whose slices tell each other what they show (`ModelManifest.context`). */
export interface StackNetwork extends Network {
  /** `input`: channels * size * size float32. Resolves to `context.featureSize` float32. */
  encode(input: Float32Array): Promise<Float32Array>;
  /**
   * `features`: of the slice itself; `neighbours`: offsetsMm.length * context.size float32, those of the
   * neighbours. Resolves to planes * size * size uint8.
   */
  decode(features: Float32Array, neighbours: Float32Array): Promise<Uint8Array>;
}

export function isStackNetwork(network: SegmentationNetwork): network is StackNetwork {
  return 'encode' in network;
}

/** Step and share done of a running computation. */
export interface Progress {
  readonly step: 'load' | 'preprocess' | 'anatomy' | 'infarct' | 'postprocess' | 'score';
  /** Units (slices, bytes) done and in all within the step. */
  readonly done: number;
  readonly total: number;
  /** 0-100 over the whole computation, never decreasing. */
  readonly percent: number;
}

/**
 * What a run returns: the result, and the label maps on the native slice grid, one plane per slice, caudal to
 * cranial.
 */
export interface ScoredSeries extends LabelMaps {
  readonly result: AspectsResult;
}
