import { Refusal } from '@deep-aspects/aspects/series';
import { watchLife } from '../engine/watchLife';
import type { LoadedModel } from '../models/loadModel';
import type { OpenNetwork } from '../runtime/openNetwork';
import { RecoverableFailure } from '../runtime/recoverableFailure';
import type { BesideRequest, BesideResponse, NetworkPart } from './protocol';

/** Slices under way: one that is computed, and enough that wait while the first worker is busy with a slice of its own. */
const RUNS_AHEAD = 3;

export interface BesideOptions {
  readonly threads: number;
  /** Absolute, with a trailing slash. */
  readonly assetsUrl: string;
  readonly allowBlobUrls: boolean;
  /** Starts the second worker; resolves when its script runs. */
  startWorker(): Promise<Worker>;
  /** Name of a Web Lock for this worker alone, with the locks; undefined where there are none. */
  readonly life?: { readonly name: string; readonly locks: Pick<LockManager, 'request'> };
}

/**
 * Opens a network in a worker of its own, on WebAssembly.
 *
 * @throws Refusal or RecoverableFailure as `openNetwork`; whatever `startWorker` rejects with
 */
export async function openBeside(model: LoadedModel, options: BesideOptions): Promise<OpenNetwork> {
  const connection = new BesideConnection(await options.startWorker(), options.life);
  const { threads, assetsUrl, allowBlobUrls, life } = options;
  await connection.open({ type: 'open', model, threads, assetsUrl, allowBlobUrls, lifeLock: life?.name });
  const common = {
    manifest: model.manifest,
    runsAhead: RUNS_AHEAD,
    close: async () => connection.end(new RecoverableFailure('worker-died', 'the network was closed')),
  };
  // Inputs and neighbours were made for one run alone and go with it; a slice's features are still needed here.
  return model.encoderBytes
    ? {
        ...common,
        encode: values => connection.run<Float32Array>('encode', [values], [values]),
        decode: (features, neighbours) =>
          connection.run<Uint8Array>('decode', [features, neighbours], [neighbours]),
      }
    : { ...common, run: values => connection.run<Uint8Array>('run', [values], [values]) };
}

interface Waiting {
  resolve(output: Uint8Array | Float32Array): void;
  reject(error: Error): void;
}

/** `OPENING` is no id of a run. */
const OPENING = 0;

class BesideConnection {
  private readonly waiting = new Map<number, Waiting>();
  private nextId = OPENING + 1;
  private ended: Error | undefined;
  private stopWatching: (() => void) | undefined;

  constructor(
    private readonly worker: Worker,
    private readonly life: BesideOptions['life']
  ) {
    worker.onmessage = (event: MessageEvent<BesideResponse>) => this.receive(event.data);
    worker.onerror = event => {
      event.preventDefault?.();
      this.end(new RecoverableFailure('crash', event.message || 'the second background program failed'));
    };
  }

  async open(request: Extract<BesideRequest, { readonly type: 'open' }>): Promise<void> {
    try {
      await this.request(OPENING, request, []);
    } catch (error) {
      this.end(error as Error);
      throw error;
    }
  }

  /** @param given those of the values that are handed over; the others are copied */
  async run<Output extends Uint8Array | Float32Array>(
    part: NetworkPart,
    values: readonly Float32Array[],
    given: readonly Float32Array[]
  ): Promise<Output> {
    const id = this.nextId++;
    const transfer = given.map(({ buffer }) => buffer as ArrayBuffer);
    // Which of the two it is follows from the part: probabilities and labels are bytes, features are floats.
    return (await this.request(id, { type: 'run', id, part, values }, transfer)) as Output;
  }

  end(reason: Error): void {
    if (!this.ended) {
      this.ended = reason;
      this.worker.terminate();
      this.stopWatching?.();
      this.waiting.forEach(({ reject }) => reject(reason));
      this.waiting.clear();
    }
  }

  private request(
    id: number,
    message: BesideRequest,
    transfer: Transferable[]
  ): Promise<Uint8Array | Float32Array> {
    if (this.ended) {
      return Promise.reject(this.ended);
    }
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage(message, transfer);
    });
  }

  private receive(response: BesideResponse): void {
    switch (response.type) {
      case 'started':
        return;
      case 'alive':
        this.watchLife();
        return;
      case 'opened':
        this.take(OPENING)?.resolve(new Uint8Array(0));
        return;
      case 'output':
        this.take(response.id)?.resolve(response.output);
        return;
      case 'refused':
        this.take(response.id)?.reject(new Refusal(response.code, response.message, response.details));
        return;
      case 'failed':
        this.take(response.id)?.reject(new RecoverableFailure(response.kind, response.message));
    }
  }

  private take(id: number = OPENING): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    return waiting;
  }

  private watchLife(): void {
    if (this.life && !this.ended) {
      const dead = () =>
        this.end(new RecoverableFailure('worker-died', 'the browser ended the second background program'));
      this.stopWatching = watchLife(this.life.name, dead, this.life.locks);
    }
  }
}
