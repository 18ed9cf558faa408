import { SecondWorkerHost } from '../secondWorker/secondWorkerHost';
import type { OpenRequest, SecondWorkerRequest, SecondWorkerResponse } from '../secondWorker/protocol';
import type { OnnxRuntime } from '../runtime/loadRuntime';

/**
 * For tests: a second worker in this thread, whose messages are cloned and arrive in tasks of their
 * own, as real ones.
 */
export class FakeSecondWorker {
  onmessage: ((event: { data: SecondWorkerResponse }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  terminated = false;
  /** What the runtime was asked to be loaded with. */
  readonly loaded: OpenRequest[] = [];
  private readonly host: SecondWorkerHost;

  constructor(runtime: OnnxRuntime) {
    this.host = new SecondWorkerHost({
      post: (response, transfer = []) => {
        const copy = structuredClone(response, { transfer: [...transfer] as never });
        setTimeout(() => !this.terminated && this.onmessage?.({ data: copy }), 0);
      },
      loadRuntime: async request => {
        this.loaded.push(request);
        return runtime;
      },
      holdLock: async () => undefined,
    });
  }

  postMessage(request: SecondWorkerRequest, transfer: Transferable[]): void {
    const copy = structuredClone(request, { transfer: transfer as never });
    setTimeout(() => !this.terminated && this.host.handle(copy), 0);
  }

  terminate(): void {
    this.terminated = true;
  }
}
