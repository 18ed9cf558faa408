import { BesideHost } from '../beside/besideHost';
import type { BesideRequest, BesideResponse } from '../beside/protocol';
import type { OnnxRuntime } from '../runtime/loadRuntime';

/** For tests: a second worker in this thread, whose messages are cloned and arrive in tasks of their own, as real ones. */
export class FakeBesideWorker {
  onmessage: ((event: { data: BesideResponse }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  terminated = false;
  private readonly host: BesideHost;

  constructor(runtime: OnnxRuntime) {
    this.host = new BesideHost({
      post: (response, transfer = []) => {
        const copy = structuredClone(response, { transfer: [...transfer] as never });
        setTimeout(() => !this.terminated && this.onmessage?.({ data: copy }), 0);
      },
      loadRuntime: async () => runtime,
      holdLock: async () => undefined,
    });
  }

  postMessage(request: BesideRequest, transfer: Transferable[]): void {
    const copy = structuredClone(request, { transfer: transfer as never });
    setTimeout(() => !this.terminated && this.host.handle(copy), 0);
  }

  terminate(): void {
    this.terminated = true;
  }
}
