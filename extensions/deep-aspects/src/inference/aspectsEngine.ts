import type {
  AspectsResult,
  LabelMaps,
  Progress,
  Provider,
  ReaderOverride,
  ScoredSeries,
} from '@deep-aspects/aspects/scoring';
import type { HeadCtSeries } from '@deep-aspects/aspects/series';

export interface EngineConfiguration {
  /** Absolute URLs of the two `manifest.json`. */
  readonly models: { readonly anatomy: string; readonly infarct: string };
  readonly provider: 'auto' | 'webgpu' | 'wasm';
  /** Absolute URL of the folder that holds the worker and the ONNX runtime's wasm files. */
  readonly assetsUrl: string;
  /** Overrides of the calibrated affected-region rule (`ScoringRule`). */
  readonly scoring?: Readonly<Record<string, unknown>>;
}

export interface ScoreOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
  readonly overrides?: readonly ReaderOverride[];
}

export interface PrepareOptions extends Pick<ScoreOptions, 'onProgress' | 'signal'> {
  /** Nobody waits: the warm-up leaves the processor to the viewer in between. */
  readonly gently?: boolean;
}

/** What a reader's correction is computed from; label maps as in `ScoredSeries`. */
export interface RescoreRequest extends LabelMaps {
  readonly series: HeadCtSeries;
  readonly overrides: readonly ReaderOverride[];
  /** The result that is being corrected: models, runtime and warnings are taken over from it. */
  readonly base: AspectsResult;
}

/** The main thread's handle on the worker. Every rejection is a `Refusal`. */
export interface AspectsEngine {
  /**
   * Loads and warms both sessions, so that the first score is not the slow one. Safe to call at any
   * time, repeatedly.
   */
  prepare(options?: PrepareOptions): Promise<{ provider: Provider; adapter: string }>;
  /**
   * Does beforehand what a score of this very series object needs besides the networks. Rejects as
   * `score` would.
   */
  prepareSeries(series: HeadCtSeries, options?: Pick<ScoreOptions, 'signal'>): Promise<void>;
  score(series: HeadCtSeries, options?: ScoreOptions): Promise<ScoredSeries>;
  rescore(request: RescoreRequest): Promise<AspectsResult>;
  /** Ends the worker and frees its memory; the next call starts a new one. */
  dispose(): Promise<void>;
}
