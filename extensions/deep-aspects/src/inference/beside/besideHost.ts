import { Refusal } from '@deep-aspects/aspects/series';
import type { OnnxRuntime } from '../runtime/loadRuntime';
import { openNetwork, type OpenNetwork } from '../runtime/openNetwork';
import { asRecoverableFailure } from '../runtime/recoverableFailure';
import type { BesideRequest, BesideResponse, NetworkPart } from './protocol';

export interface BesideHostDependencies {
  post(response: BesideResponse, transfer?: readonly Transferable[]): void;
  loadRuntime(request: Extract<BesideRequest, { readonly type: 'open' }>): Promise<OnnxRuntime>;
  /** Takes a Web Lock that is held until the worker ends. */
  holdLock(name: string): Promise<void>;
}

/** The second worker's side: opens one network on WebAssembly and runs it, one slice after the other. */
export class BesideHost {
  private network: OpenNetwork | undefined;
  private tail: Promise<void> = Promise.resolve();

  constructor(private readonly dependencies: BesideHostDependencies) {}

  /** Handles one message; answers are posted in the order of the requests. */
  handle(request: BesideRequest): void {
    const id = request.type === 'run' ? request.id : undefined;
    this.tail = this.tail
      .then(() => (request.type === 'run' ? this.run(request) : this.open(request)))
      .catch((error: unknown) => this.postError(id, error));
  }

  private async open(request: Extract<BesideRequest, { readonly type: 'open' }>): Promise<void> {
    const { post, loadRuntime, holdLock } = this.dependencies;
    if (request.lifeLock) {
      void holdLock(request.lifeLock).then(() => post({ type: 'alive' }));
    }
    this.network = await openNetwork(await loadRuntime(request), request.model, 'wasm');
    post({ type: 'opened' });
  }

  private async run({ id, part, values }: Extract<BesideRequest, { readonly type: 'run' }>): Promise<void> {
    if (!this.network) {
      throw new Error('a slice came before its network');
    }
    const output = await runPart(this.network, part, values);
    this.dependencies.post({ type: 'output', id, output }, [output.buffer as ArrayBuffer]);
  }

  private postError(id: number | undefined, error: unknown): void {
    if (error instanceof Refusal) {
      const { code, message, details } = error;
      this.dependencies.post({ type: 'refused', id, code, message, details });
    } else {
      const { kind, message } = asRecoverableFailure(error);
      this.dependencies.post({ type: 'failed', id, kind, message });
    }
  }
}

function runPart(
  network: OpenNetwork,
  part: NetworkPart,
  [first, second]: readonly Float32Array[]
): Promise<Uint8Array | Float32Array> {
  if (part === 'run' && 'run' in network) {
    return network.run(first);
  }
  if (part !== 'run' && 'encode' in network) {
    return part === 'encode' ? network.encode(first) : network.decode(first, second);
  }
  throw new Error(`the ${network.manifest.task} network has no part "${part}"`);
}
