import type { NetworkTask } from '@deep-aspects/aspects/scoring';
import { Refusal } from '@deep-aspects/aspects/series';
import { errorResponse } from '../channel/responses';
import type { OnnxRuntime } from '../runtime/loadRuntime';
import { openNetwork, type OpenNetwork } from '../runtime/openNetwork';
import type {
  PartOutput,
  OpenRequest,
  RunRequest,
  SecondWorkerRequest,
  SecondWorkerResponse,
} from './protocol';

export interface SecondWorkerHostDependencies {
  post(response: SecondWorkerResponse, transfer?: readonly Transferable[]): void;
  loadRuntime(request: OpenRequest): Promise<OnnxRuntime>;
  /** Takes a Web Lock that is held until the worker ends. */
  holdLock(name: string): Promise<void>;
}

/** The second worker's side: opens networks on WebAssembly and runs them, one slice after the other. */
export class SecondWorkerHost {
  private runtime: Promise<OnnxRuntime> | undefined;
  private readonly networks = new Map<NetworkTask, OpenNetwork>();
  private tail: Promise<void> = Promise.resolve();

  constructor(private readonly dependencies: SecondWorkerHostDependencies) {}

  /** Handles one message; answers are posted in the order of the requests. */
  handle(request: SecondWorkerRequest): void {
    const { id } = request;
    const { post } = this.dependencies;
    this.tail = this.tail
      .then(() => (request.type === 'run' ? this.run(request) : this.open(request)))
      .then(value => post({ type: 'done', id, value }, [value.buffer as ArrayBuffer]))
      .catch((error: unknown) => post(errorResponse(id, error)));
  }

  private async open(request: OpenRequest): Promise<PartOutput> {
    const { post, loadRuntime, holdLock } = this.dependencies;
    const { task, name } = request.model.manifest;
    if (request.lifeLock && !this.runtime) {
      void holdLock(request.lifeLock).then(() => post({ type: 'alive' }));
    }
    this.runtime ??= loadRuntime(request);
    try {
      this.networks.set(task, await openNetwork(await this.runtime, request.model, 'wasm'));
    } catch (error) {
      if (this.networks.size === 0 || error instanceof Refusal) {
        throw error;
      }
      // Whoever has one network here can do without another: a failure would end this worker.
      throw new Refusal('MODEL_UNAVAILABLE', `There is no room for the ${task} network in a second worker.`, {
        model: name,
      });
    }
    return new Uint8Array(0);
  }

  private run({ task, part, values: [first, second] }: RunRequest): Promise<PartOutput> {
    const network = this.networks.get(task);
    if (!network) {
      throw new Error('a slice came before its network');
    }
    if (part === 'run' && 'run' in network) {
      return network.run(first);
    }
    if (part !== 'run' && 'encode' in network) {
      return part === 'encode' ? network.encode(first) : network.decode(first, second);
    }
    throw new Error(`the ${network.manifest.task} network has no part "${part}"`);
  }
}
