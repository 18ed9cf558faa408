import type { AspectsResult } from '../aspects/aspectsResult';
import type { ModelManifest } from '../manifest/modelManifest';

/** The one seam between the pure core and a runtime: a network that turns one prepared input into one output plane. */
export interface SegmentationNetwork {
  readonly manifest: ModelManifest;
  /**
   * How many runs may be asked for before the first is answered. More than one says that the network computes in a thread
   * of its own, so that it runs beside the other network. One where it is not given.
   */
  readonly runsAhead?: number;
  /** `input`: channels * size * size float32. Resolves to size * size uint8 (labels or probability). */
  run(input: Float32Array): Promise<Uint8Array>;
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

/** What a run yields: the result and the label maps on the native slice grid, one plane a slice, caudal to cranial. */
export interface ScoredSeries {
  readonly result: AspectsResult;
  /** Segment indices 0-20 (see `segmentIndexOf`), `rows * columns` a slice. */
  readonly regions: readonly Uint8Array[];
  /** 0 or 1. */
  readonly infarct: readonly Uint8Array[];
}
