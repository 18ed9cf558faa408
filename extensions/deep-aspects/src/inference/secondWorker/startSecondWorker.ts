import { WorkerChannel, type LifeLock } from '../channel/workerChannel';
import type { LoadedModel } from '../models/loadModel';
import type { OpenNetwork } from '../runtime/openNetwork';
import { RecoverableFailure } from '../runtime/recoverableFailure';
import type { PartOutput, NetworkPart, SecondWorkerRequest } from './protocol';

/**
 * Slices under way: one that is computed, and enough that wait while the first worker is busy with a
 * slice of its own, which takes far longer than one of the infarct network's encoder.
 */
const RUNS_AHEAD = 10;

export interface SecondWorkerOptions {
  readonly threads: number;
  /** Absolute, with a trailing slash. */
  readonly assetsUrl: string;
  readonly allowBlobUrls: boolean;
  /** The runtime's WebAssembly, where it is compiled already. */
  readonly compiled?: WebAssembly.Module;
  /** Starts the second worker; resolves when its script runs. */
  startWorker(): Promise<Worker>;
  /** A lock for this worker alone; undefined where there are none. */
  readonly life?: LifeLock;
}

/** A worker that runs networks on WebAssembly, on a core of its own. */
export interface SecondWorker {
  /** Whether all that was asked of it is answered, and it runs. */
  readonly isIdle: boolean;
  /**
   * Opens a network there. The first one that cannot be opened ends the worker; without a further one the
   * others go on.
   *
   * @throws Refusal or RecoverableFailure as `openNetwork`; for a further network a Refusal in any case
   */
  open(model: LoadedModel): Promise<OpenNetwork>;
}

/** @throws whatever `startWorker` rejects with */
export async function startSecondWorker(options: SecondWorkerOptions): Promise<SecondWorker> {
  const { threads, assetsUrl, allowBlobUrls, compiled, life, startWorker } = options;
  const channel = new WorkerChannel<SecondWorkerRequest, PartOutput>(await startWorker(), {
    called: 'the second background program',
    life,
  });
  const lifeLock = life?.name;
  let hasNetwork = false;
  return {
    get isIdle() {
      return channel.isIdle;
    },
    async open(model) {
      const opening = { type: 'open', model, threads, assetsUrl, allowBlobUrls, compiled, lifeLock } as const;
      await channel
        .ask(id => ({ ...opening, id }))
        .answer.catch((error: Error) => {
          if (!hasNetwork) {
            channel.end(error);
          }
          throw error;
        });
      hasNetwork = true;
      return networkOver(channel, model);
    },
  };
}

function networkOver(
  channel: WorkerChannel<SecondWorkerRequest, PartOutput>,
  { manifest, encoderBytes }: LoadedModel
): OpenNetwork {
  const { task } = manifest;
  /** @param given those of the values that are handed over; the others are copied */
  const run = async <Output extends PartOutput>(
    part: NetworkPart,
    values: readonly Float32Array[],
    given: readonly Float32Array[]
  ) => {
    const transfer = given.map(({ buffer }) => buffer as ArrayBuffer);
    // Which of the two it is follows from the part: probabilities and labels are bytes, features are floats.
    return (await channel.ask(id => ({ type: 'run', id, task, part, values }), transfer).answer) as Output;
  };
  const common = {
    manifest,
    runsAhead: RUNS_AHEAD,
    close: async () => channel.end(new RecoverableFailure('worker-died', 'the network was closed')),
  };
  // Inputs and neighbours were made for one run alone and go with it; a slice's features are
  // still needed here.
  return encoderBytes
    ? {
        ...common,
        encode: values => run<Float32Array>('encode', [values], [values]),
        decode: (features, neighbours) => run<Uint8Array>('decode', [features, neighbours], [neighbours]),
      }
    : { ...common, run: values => run<Uint8Array>('run', [values], [values]) };
}
