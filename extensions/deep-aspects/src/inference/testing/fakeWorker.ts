import type { EngineRequest, EngineResponse } from '../protocol';
import { WorkerHost, type WorkerHostDependencies } from '../workerHost';

/**
 * For tests: a worker in this thread, whose messages are cloned and arrive in tasks of their
 * own, as real ones.
 */
export class FakeWorker {
  onmessage: ((event: { data: EngineResponse }) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  terminated = false;
  /** A worker that hangs neither hears nor speaks. */
  hangs = false;
  readonly received: EngineRequest[] = [];
  private readonly host: WorkerHost;

  constructor(dependencies: Omit<WorkerHostDependencies, 'post' | 'breathe' | 'holdLock'>) {
    this.host = new WorkerHost({
      ...dependencies,
      post: (response, transfer = []) => this.say(response, transfer),
      breathe: () => new Promise(resolve => setTimeout(resolve, 0)),
      holdLock: async () => undefined,
    });
  }

  postMessage(message: EngineRequest, transfer: Transferable[]): void {
    const copy = structuredClone(message, { transfer: transfer as never });
    setTimeout(() => {
      if (!this.terminated && !this.hangs) {
        this.received.push(copy);
        this.host.handle(copy);
      }
    }, 0);
  }

  say(response: EngineResponse, transfer: readonly Transferable[] = []): void {
    const copy = structuredClone(response, { transfer: [...transfer] as never });
    setTimeout(() => {
      if (!this.terminated && !this.hangs) {
        this.onmessage?.({ data: copy });
      }
    }, 0);
  }

  terminate(): void {
    this.terminated = true;
  }

  /** The names of the messages that arrived. */
  get heard(): string[] {
    return this.received.map(message => message.type);
  }
}
