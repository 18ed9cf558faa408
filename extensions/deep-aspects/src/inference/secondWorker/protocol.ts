import type { NetworkTask } from '@deep-aspects/aspects/scoring';
import type { WorkerResponse } from '../channel/responses';
import type { LoadedModel } from '../models/loadModel';

/**
 * The messages from the worker to a second one that runs networks on a core of its own. Two networks with
 * a core each are done sooner than one after the other with both: the runtime's threads wait for each other
 * within every operator.
 */
export type SecondWorkerRequest =
  | {
      readonly type: 'open';
      readonly id: number;
      readonly model: LoadedModel;
      readonly threads: number;
      /** Absolute, with a trailing slash. */
      readonly assetsUrl: string;
      readonly allowBlobUrls: boolean;
      /** The runtime's WebAssembly, where the first worker has compiled it. */
      readonly compiled?: WebAssembly.Module;
      /** Web Lock that the second worker holds as long as it lives; undefined where there are none. */
      readonly lifeLock?: string;
    }
  | {
      readonly type: 'run';
      readonly id: number;
      readonly task: NetworkTask;
      readonly part: NetworkPart;
      readonly values: readonly Float32Array[];
    };

export type OpenRequest = Extract<SecondWorkerRequest, { readonly type: 'open' }>;
export type RunRequest = Extract<SecondWorkerRequest, { readonly type: 'run' }>;

/** Which of a network's functions runs; its arguments are the values, in order. */
export type NetworkPart = 'run' | 'encode' | 'decode';

/** What a part gives; nothing at all for `open`. */
export type PartOutput = Uint8Array | Float32Array;

export type SecondWorkerResponse = WorkerResponse<PartOutput>;

/** Name of the second worker: the same script as the first, which knows by it what it is to be. */
export const SECOND_WORKER_NAME = 'deep-aspects-second';
