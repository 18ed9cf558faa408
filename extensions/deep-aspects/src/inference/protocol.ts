import type { AspectsResult, Provider, ReaderOverride, ScoredSeries } from '@deep-aspects/aspects/scoring';
import type { CtSlice, HeadCtSeries } from '@deep-aspects/aspects/series';
import type { WorkerResponse } from './channel/responses';

/**
 * The messages between the engine (main thread) and its worker. Everything is structured-cloneable. Pixels go
 * in portions before the request that uses them, so that no single copy holds the main thread up.
 */
export type EngineRequest =
  | { readonly type: 'configure'; readonly configuration: WorkerConfiguration }
  /** A new series: replaces the one that the worker holds. Its slices follow in `slices`. */
  | { readonly type: 'series'; readonly series: SeriesWithoutSlices }
  | { readonly type: 'slices'; readonly slices: readonly CtSlice[] }
  /** Nothing needs the pixels for now: before the next request that does, all slices come again. */
  | { readonly type: 'letGo' }
  /** Label maps for the next `rescore`, caudal to cranial, in portions. */
  | { readonly type: 'planes'; readonly map: 'regions' | 'infarct'; readonly planes: readonly Uint8Array[] }
  /** `gently`: with pauses that leave the processor to the viewer. */
  | { readonly type: 'prepare'; readonly id: number; readonly gently: boolean }
  /** Does what needs no network for a score of the series that the worker holds. */
  | { readonly type: 'prepareSeries'; readonly id: number }
  | { readonly type: 'score'; readonly id: number; readonly overrides: readonly ReaderOverride[] }
  | {
      readonly type: 'rescore';
      readonly id: number;
      readonly overrides: readonly ReaderOverride[];
      readonly base: AspectsResult;
    }
  | { readonly type: 'cancel'; readonly id: number };

export type SeriesWithoutSlices = Omit<HeadCtSeries, 'slices'>;

/** A request that is answered: `done`, `refused` or `failed` with its id. */
export type AnsweredRequest = Extract<EngineRequest, { readonly id: number; readonly type: keyof Answers }>;

export interface WorkerConfiguration {
  readonly models: { readonly anatomy: string; readonly infarct: string };
  readonly provider: 'auto' | 'webgpu' | 'wasm';
  /** Absolute, with a trailing slash. */
  readonly assetsUrl: string;
  readonly scoring?: Readonly<Record<string, unknown>>;
  readonly maxThreads?: number;
  /** Why an earlier worker was given up: becomes the warning `GPU_FALLBACK`. */
  readonly fallbackReason?: string;
  /** Whether this worker was started from a `blob:` address, so that the page's policy allows them. */
  readonly allowBlobUrls: boolean;
  /** Web Lock that the worker holds as long as it lives; undefined where the page has no Web Locks. */
  readonly lifeLock?: string;
}

export interface Prepared {
  readonly provider: Provider;
  readonly adapter: string;
}

/** What each request is answered with. */
export interface Answers {
  readonly prepare: Prepared;
  readonly prepareSeries: null;
  readonly score: ScoredSeries;
  readonly rescore: AspectsResult;
}

export type EngineResponse = WorkerResponse<Answers[keyof Answers]>;
