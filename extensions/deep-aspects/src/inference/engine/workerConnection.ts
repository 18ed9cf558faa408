import type { Progress } from '@deep-aspects/aspects/scoring';
import { cancelled, type HeadCtSeries, Refusal, throwIfCancelled } from '@deep-aspects/aspects/series';
import type { AnsweredRequest, Answers, WorkerRequest, WorkerResponse } from '../protocol';
import { RecoverableFailure } from '../runtime/recoverableFailure';
import { inPortions } from './inPortions';
import { watchLife } from './watchLife';

/** The worker was ended on purpose while other requests were under way: they may be asked again of a new one. */
export class WorkerEnded extends Error {
  override readonly name = 'WorkerEnded';
}

export interface RequestOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

interface Pending {
  resolve(value: Answers[keyof Answers]): void;
  reject(error: Error): void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

/** A worker that works answers `cancel` after the slice in hand; one that does not is ended. */
const CANCEL_GRACE_MS = 800;
/** Far longer than the slowest slice that was measured (32 s, WebGPU in software, on idle cores). */
const STALL_MS = 300_000;

type AnsweredType = AnsweredRequest['type'];
type Unnumbered<T extends AnsweredType> = Omit<Extract<AnsweredRequest, { readonly type: T }>, 'id'>;

/** The main thread's side of the protocol, for one running worker. */
export class WorkerConnection {
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private ended = false;
  private heldSeries: HeadCtSeries | undefined;
  private sending: Promise<void> = Promise.resolve();
  private stopWatching: (() => void) | undefined;
  private stallTimer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param lifeLock name of the Web Lock that the worker takes, with the page's locks; undefined where there are none
   * @param onEnd called once when the worker failed, was found dead or was ended
   */
  constructor(
    private readonly worker: Worker,
    private readonly onEnd: (failure: RecoverableFailure | undefined) => void,
    private readonly life?: { readonly name: string; readonly locks: Pick<LockManager, 'request'> }
  ) {
    worker.onmessage = (event: MessageEvent<WorkerResponse>) => this.receive(event.data);
    worker.onmessageerror = () => this.fail(new RecoverableFailure('crash', 'an answer could not be read'));
    worker.onerror = event => {
      event.preventDefault?.();
      this.fail(new RecoverableFailure('crash', event.message || 'the background program failed'));
    };
  }

  send(message: WorkerRequest, transfer: readonly Transferable[] = []): void {
    if (!this.ended) {
      this.worker.postMessage(message, [...transfer]);
    }
  }

  /** Sends a request that needs no pixels. */
  request<T extends AnsweredType>(message: Unnumbered<T>, options: RequestOptions): Promise<Answers[T]> {
    if (this.ended) {
      return Promise.reject(new WorkerEnded('the worker was ended'));
    }
    if (options.signal?.aborted) {
      return Promise.reject(cancelled());
    }
    const id = this.nextId++;
    return new Promise<Answers[T]>((resolve, reject) => {
      const stopListening = this.cancelOnAbort(id, options.signal);
      this.pending.set(id, {
        resolve: value => {
          stopListening();
          // The worker answers each request with the value of its type: see `Answers`.
          resolve(value as Answers[T]);
        },
        reject: error => {
          stopListening();
          reject(error);
        },
        onProgress: options.onProgress,
      });
      this.watchForStall();
      this.send({ ...message, id } as AnsweredRequest);
    });
  }

  /**
   * Sends copies of pixels and then the request that uses them, as one: a second request's pixels wait until this
   * request was sent. The host's own arrays stay as they are. A series that the worker still holds is not sent again.
   */
  async requestWithPixels<T extends AnsweredType>(
    series: HeadCtSeries,
    maps: Readonly<Partial<Record<'regions' | 'infarct', readonly Uint8Array[]>>>,
    message: Unnumbered<T>,
    options: RequestOptions
  ): Promise<Answers[T]> {
    const turn = this.sending.then(async () => {
      await this.sendSeries(series, options.signal);
      for (const map of ['regions', 'infarct'] as const) {
        await this.sendPlanes(map, maps[map] ?? [], options.signal);
      }
      return { answer: this.request(message, options) };
    });
    this.sending = turn.then(
      () => undefined,
      () => undefined
    );
    // Wrapped, so that the next sender waits for the sending and not for the answer.
    return (await turn).answer;
  }

  /** Ends the worker at once; whatever was asked of it is rejected with `reason`, or `WorkerEnded`. */
  end(reason: Error = new WorkerEnded('the worker was ended')): void {
    this.finish(reason, undefined);
  }

  private async sendSeries(series: HeadCtSeries, signal: AbortSignal | undefined): Promise<void> {
    if (this.heldSeries === series) {
      return;
    }
    this.heldSeries = undefined;
    const { slices, ...header } = series;
    this.send({ type: 'series', series: header });
    let portion: { copies: HeadCtSeries['slices'][number][]; buffers: ArrayBuffer[] } = {
      copies: [],
      buffers: [],
    };
    await inPortions(
      slices,
      slice => {
        throwIfCancelled(signal);
        const hu = slice.hu.slice();
        portion.copies.push({ ...slice, hu });
        portion.buffers.push(hu.buffer as ArrayBuffer);
      },
      () => {
        this.send({ type: 'slices', slices: portion.copies }, portion.buffers);
        portion = { copies: [], buffers: [] };
      }
    );
    this.heldSeries = series;
  }

  private async sendPlanes(
    map: 'regions' | 'infarct',
    planes: readonly Uint8Array[],
    signal: AbortSignal | undefined
  ): Promise<void> {
    let portion: Uint8Array[] = [];
    await inPortions(
      planes,
      plane => {
        throwIfCancelled(signal);
        portion.push(plane.slice());
      },
      () => {
        this.send(
          { type: 'planes', map, planes: portion },
          portion.map(plane => plane.buffer as ArrayBuffer)
        );
        portion = [];
      }
    );
  }

  private receive(response: WorkerResponse): void {
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

  private take(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    this.watchForStall();
    return pending;
  }

  private watchLife(): void {
    if (this.life && !this.ended) {
      const dead = () =>
        this.fail(new RecoverableFailure('worker-died', 'the browser ended the background program'));
      this.stopWatching = watchLife(this.life.name, dead, this.life.locks);
    }
  }

  private watchForStall(): void {
    clearTimeout(this.stallTimer);
    if (this.pending.size > 0 && !this.ended) {
      const silent = () =>
        this.fail(
          new RecoverableFailure('worker-died', `the background program was silent for ${STALL_MS / 1000} s`)
        );
      this.stallTimer = setTimeout(silent, STALL_MS);
    }
  }

  private cancelOnAbort(id: number, signal: AbortSignal | undefined): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const cancel = () => {
      this.send({ type: 'cancel', id });
      timer = setTimeout(() => {
        this.take(id)?.reject(cancelled());
        this.end();
      }, CANCEL_GRACE_MS);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    return () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    };
  }

  private fail(failure: RecoverableFailure): void {
    this.finish(failure, failure);
  }

  private finish(reason: Error, failure: RecoverableFailure | undefined): void {
    if (this.ended) {
      return;
    }
    this.ended = true;
    this.worker.terminate();
    this.stopWatching?.();
    clearTimeout(this.stallTimer);
    this.heldSeries = undefined;
    const waiting = [...this.pending.values()];
    this.pending.clear();
    this.onEnd(failure);
    waiting.forEach(pending => pending.reject(reason));
  }
}
