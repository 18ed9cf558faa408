import type { Progress } from '@deep-aspects/aspects/scoring';
import { Refusal } from '@deep-aspects/aspects/series';
import { RecoverableFailure } from '../runtime/recoverableFailure';
import type { WorkerResponse } from './responses';
import { watchLife } from './watchLife';

/** Far longer than the slowest slice that was measured (32 s, WebGPU in software, on idle cores). */
const STALL_MS = 300_000;

/** A Web Lock that a worker holds as long as it lives, and the page's locks to ask for it. */
export interface LifeLock {
  readonly name: string;
  readonly locks: Pick<LockManager, 'request'>;
}

export interface WorkerChannelOptions {
  /** What the worker is called in messages: "the background program". */
  readonly called: string;
  /** Undefined where there are no Web Locks. */
  readonly life?: LifeLock;
  /** Called once, when the worker failed, was found dead or was ended. */
  readonly onEnd?: (failure: RecoverableFailure | undefined) => void;
}

/** A request under way. */
export interface Asked<Value> {
  readonly id: number;
  readonly answer: Promise<Value>;
}

interface Pending<Value> {
  resolve(value: Value): void;
  reject(error: Error): void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

/**
 * Numbered requests to one worker and their answers. A refusal rejects its own request; a failure of the
 * machine, a crash, a silence or a death of the worker ends it, and rejects whatever was asked with a
 * `RecoverableFailure`.
 *
 * @typeParam Request the messages to the worker; those that are answered have an `id`
 * @typeParam Value what they are answered with
 */
export class WorkerChannel<Request extends { readonly type: string }, Value> {
  private readonly pending = new Map<number, Pending<Value>>();
  private nextId = 1;
  private endReason: Error | undefined;
  private stopWatching: (() => void) | undefined;
  private stallTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly worker: Worker,
    private readonly options: WorkerChannelOptions
  ) {
    const crash = (message: string) => this.fail(new RecoverableFailure('crash', message));
    worker.onmessage = (event: MessageEvent<WorkerResponse<Value>>) => this.receive(event.data);
    worker.onmessageerror = () => crash('an answer could not be read');
    worker.onerror = event => {
      event.preventDefault?.();
      crash(event.message || `${options.called} failed`);
    };
  }

  /** Why the worker was ended; undefined while it runs. */
  get ended(): Error | undefined {
    return this.endReason;
  }

  /** Whether the worker runs and all that was asked of it is answered. */
  get isIdle(): boolean {
    return this.pending.size === 0 && !this.endReason;
  }

  /** Sends what is not answered. */
  send(message: Request, transfer: readonly Transferable[] = []): void {
    if (!this.endReason) {
      this.worker.postMessage(message, [...transfer]);
    }
  }

  /** Sends a request. After the worker's end it is rejected with the reason of that. */
  ask(
    message: (id: number) => Request & { readonly id: number },
    transfer: readonly Transferable[] = [],
    onProgress?: (progress: Progress) => void
  ): Asked<Value> {
    const id = this.nextId++;
    if (this.endReason) {
      return { id, answer: Promise.reject(this.endReason) };
    }
    const answer = new Promise<Value>((resolve, reject) => {
      this.pending.set(id, { resolve, reject, onProgress });
    });
    this.watchForStall();
    this.send(message(id), transfer);
    return { id, answer };
  }

  /** Rejects one request without waiting for its answer. */
  giveUp(id: number, reason: Error): void {
    this.take(id)?.reject(reason);
  }

  /** Ends the worker at once; whatever was asked of it is rejected with the reason. */
  end(reason: Error): void {
    this.finish(reason, undefined);
  }

  private receive(response: WorkerResponse<Value>): void {
    this.watchForStall();
    switch (response.type) {
      case 'started':
        return;
      case 'alive':
        this.watchLife();
        return;
      case 'progress':
        this.pending.get(response.id)?.onProgress?.(response.progress);
        return;
      case 'done':
        this.take(response.id)?.resolve(response.value);
        return;
      case 'refused':
        this.take(response.id)?.reject(new Refusal(response.code, response.message, response.details));
        return;
      case 'failed':
        this.fail(new RecoverableFailure(response.kind, response.message));
    }
  }

  private take(id: number): Pending<Value> | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    this.watchForStall();
    return pending;
  }

  private watchLife(): void {
    const { life, called } = this.options;
    if (life && !this.endReason) {
      const dead = () => this.fail(new RecoverableFailure('worker-died', `the browser ended ${called}`));
      this.stopWatching = watchLife(life.name, dead, life.locks);
    }
  }

  private watchForStall(): void {
    clearTimeout(this.stallTimer);
    if (this.pending.size > 0 && !this.endReason) {
      const silence = `${this.options.called} was silent for ${STALL_MS / 1000} s`;
      const silent = () => this.fail(new RecoverableFailure('worker-died', silence));
      this.stallTimer = setTimeout(silent, STALL_MS);
    }
  }

  private fail(failure: RecoverableFailure): void {
    this.finish(failure, failure);
  }

  private finish(reason: Error, failure: RecoverableFailure | undefined): void {
    if (this.endReason) {
      return;
    }
    this.endReason = reason;
    this.worker.terminate();
    this.stopWatching?.();
    clearTimeout(this.stallTimer);
    const waiting = [...this.pending.values()];
    this.pending.clear();
    this.options.onEnd?.(failure);
    waiting.forEach(pending => pending.reject(reason));
  }
}
