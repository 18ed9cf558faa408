import { errorResponse } from '../channel/responses';
import type { OnnxRuntime } from '../runtime/loadRuntime';
import { openNetwork, type OpenNetwork } from '../runtime/openNetwork';
import type {
  NetworkOutput,
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

/** The second worker's side: opens one network on WebAssembly and runs it, one slice after the other. */
export class SecondWorkerHost {
  private network: OpenNetwork | undefined;
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

  private async open(request: OpenRequest): Promise<NetworkOutput> {
    const { post, loadRuntime, holdLock } = this.dependencies;
    if (request.lifeLock) {
      void holdLock(request.lifeLock).then(() => post({ type: 'alive' }));
    }
    this.network = await openNetwork(await loadRuntime(request), request.model, 'wasm');
    return new Uint8Array(0);
  }

  private run({ part, values: [first, second] }: RunRequest): Promise<NetworkOutput> {
    const { network } = this;
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
