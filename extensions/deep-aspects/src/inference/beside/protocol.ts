import type { RefusalCode } from '@deep-aspects/aspects/series';
import type { LoadedModel } from '../models/loadModel';
import type { FailureKind } from '../runtime/recoverableFailure';

/**
 * The messages between the worker and a second worker that runs one network beside it. Two networks with a core each are
 * done sooner than one after the other with both: the runtime's threads wait for each other within every operator.
 */
export type BesideRequest =
  | {
      readonly type: 'open';
      readonly model: LoadedModel;
      readonly threads: number;
      /** Absolute, with a trailing slash. */
      readonly assetsUrl: string;
      readonly allowBlobUrls: boolean;
      /** Web Lock that the second worker holds as long as it lives; undefined where there are none. */
      readonly lifeLock?: string;
    }
  | {
      readonly type: 'run';
      readonly id: number;
      readonly part: NetworkPart;
      readonly values: readonly Float32Array[];
    };

/** Which of a network's functions runs; its arguments are the values, in order. */
export type NetworkPart = 'run' | 'encode' | 'decode';

export type BesideResponse =
  | { readonly type: 'started' }
  | { readonly type: 'alive' }
  | { readonly type: 'opened' }
  | { readonly type: 'output'; readonly id: number; readonly output: Uint8Array | Float32Array }
  | {
      readonly type: 'refused';
      /** Of the run; absent when the network could not be opened. */
      readonly id?: number;
      readonly code: RefusalCode;
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
    }
  | { readonly type: 'failed'; readonly id?: number; readonly kind: FailureKind; readonly message: string };

/** Name of the second worker: the same script as the first, which knows by it what it is to be. */
export const BESIDE_WORKER_NAME = 'deep-aspects-beside';
