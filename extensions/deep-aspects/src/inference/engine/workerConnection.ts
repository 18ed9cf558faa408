import type { Progress } from '@deep-aspects/aspects/scoring';
import { cancelled, type HeadCtSeries, throwIfCancelled } from '@deep-aspects/aspects/series';
import { transferableHu } from '../borrowedSlice';
import { WorkerChannel, type LifeLock } from '../channel/workerChannel';
import type { AnsweredRequest, Answers, EngineRequest } from '../protocol';
import type { RecoverableFailure } from '../runtime/recoverableFailure';
import { inPortions } from './inPortions';

/**
 * The worker was ended on purpose while other requests were under way: they may be asked again of a new one.
 */
export class WorkerEnded extends Error {
  override readonly name = 'WorkerEnded';
}

export interface RequestOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** A worker that works answers `cancel` after the slice in hand; one that does not is ended. */
const CANCEL_GRACE_MS = 800;

type AnsweredType = AnsweredRequest['type'];
type Unnumbered<T extends AnsweredType> = Omit<Extract<AnsweredRequest, { readonly type: T }>, 'id'>;

/** The main thread's side of the protocol, for one running worker. */
export class WorkerConnection {
  private readonly channel: WorkerChannel<EngineRequest, Answers[AnsweredType]>;
  private heldSeries: HeadCtSeries | undefined;
  /** Whether the worker has the pixels of that series as well. */
  private holdsSlices = false;
  private sending: Promise<void> = Promise.resolve();
  private sendersWaiting = 0;

  /**
   * @param life undefined where there are no Web Locks
   * @param onEnd called once when the worker failed, was found dead or was ended
   */
  constructor(worker: Worker, onEnd: (failure: RecoverableFailure | undefined) => void, life?: LifeLock) {
    this.channel = new WorkerChannel(worker, { called: 'the background program', life, onEnd });
  }

  send(message: EngineRequest, transfer: readonly Transferable[] = []): void {
    this.channel.send(message, transfer);
  }

  /** Sends a request that needs no pixels. */
  async request<T extends AnsweredType>(
    message: Unnumbered<T>,
    { signal, onProgress }: RequestOptions
  ): Promise<Answers[T]> {
    if (this.channel.ended) {
      throw new WorkerEnded('the worker was ended');
    }
    throwIfCancelled(signal);
    const { id, answer } = this.channel.ask(id => ({ ...message, id }) as AnsweredRequest, [], onProgress);
    const stopListening = this.cancelOnAbort(id, signal);
    try {
      // The worker answers each request with the value of its type: see `Answers`.
      return (await answer) as Answers[T];
    } finally {
      stopListening();
    }
  }

  /**
   * Sends pixels and then the request that uses them, as one: a second request's pixels wait until this
   * request was sent. Copies, but of slices that can be read again; the host's own arrays stay as they are. A
   * series that the worker still holds is not sent again.
   */
  async requestWithPixels<T extends AnsweredType>(
    series: HeadCtSeries,
    maps: Readonly<Partial<Record<'regions' | 'infarct', readonly Uint8Array[]>>>,
    message: Unnumbered<T>,
    options: RequestOptions
  ): Promise<Answers[T]> {
    this.sendersWaiting++;
    const turn = this.sending.then(async () => {
      await this.sendSeries(series, options.signal);
      for (const map of ['regions', 'infarct'] as const) {
        await this.sendPlanes(map, maps[map] ?? [], options.signal);
      }
      return { answer: this.request(message, options) };
    });
    const sent = () => void this.sendersWaiting--;
    this.sending = turn.then(sent, sent);
    // Wrapped, so that the next sender waits for the sending and not for the answer.
    return (await turn).answer;
  }

  /** Has the worker give the memory of the slices back, unless another request is under way. */
  letGoOfSlices(): void {
    if (this.holdsSlices && this.sendersWaiting === 0 && this.channel.isIdle) {
      this.holdsSlices = false;
      this.send({ type: 'letGo' });
    }
  }

  /** Ends the worker at once; whatever was asked of it is rejected with `reason`, or `WorkerEnded`. */
  end(reason: Error = new WorkerEnded('the worker was ended')): void {
    this.channel.end(reason);
  }

  private async sendSeries(series: HeadCtSeries, signal: AbortSignal | undefined): Promise<void> {
    if (this.heldSeries === series && this.holdsSlices) {
      return;
    }
    const { slices, ...header } = series;
    if (this.heldSeries !== series) {
      this.send({ type: 'series', series: header });
    }
    // Until all of it is there: what is cancelled half-way begins anew.
    this.heldSeries = undefined;
    let portion: { copies: HeadCtSeries['slices'][number][]; buffers: ArrayBuffer[] } = {
      copies: [],
      buffers: [],
    };
    await inPortions(
      slices,
      slice => {
        throwIfCancelled(signal);
        const { sopInstanceUID, sopClassUID, position } = slice;
        const hu = transferableHu(slice);
        portion.copies.push({ sopInstanceUID, sopClassUID, position, hu });
        portion.buffers.push(hu.buffer as ArrayBuffer);
      },
      () => {
        this.send({ type: 'slices', slices: portion.copies }, portion.buffers);
        portion = { copies: [], buffers: [] };
      }
    );
    this.heldSeries = series;
    this.holdsSlices = true;
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

  private cancelOnAbort(id: number, signal: AbortSignal | undefined): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const cancel = () => {
      this.send({ type: 'cancel', id });
      timer = setTimeout(() => {
        this.channel.giveUp(id, cancelled());
        this.end();
      }, CANCEL_GRACE_MS);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    return () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    };
  }
}
