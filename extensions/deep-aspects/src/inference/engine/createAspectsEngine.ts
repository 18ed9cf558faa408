import {
  neverDecreasing,
  type AspectsResult,
  type Progress,
  type ScoredSeries,
} from '@deep-aspects/aspects/scoring';
import { cancelled, type HeadCtSeries, Refusal, throwIfCancelled } from '@deep-aspects/aspects/series';
import type {
  AspectsEngine,
  EngineConfiguration,
  PrepareOptions,
  RescoreRequest,
  ScoreOptions,
} from '../aspectsEngine';
import type { Prepared, WorkerConfiguration } from '../protocol';
import { asRecoverableFailure, type RecoverableFailure } from '../runtime/recoverableFailure';
import { startWorker, type StartedWorker } from './startWorker';
import { WorkerConnection, WorkerEnded } from './workerConnection';

/** What an engine takes from its page; tests give their own. */
export interface EngineSurroundings {
  startWorker(assetsUrl: string): Promise<StartedWorker>;
  readonly locks: Pick<LockManager, 'request'> | undefined;
  /** The worker keeps a series of so many pixels after a score, and gives the memory of a larger one back. */
  readonly mostKeptPixels: number;
}

/** Of 120 slices of 512 x 512, 60 MB: a further click or a correction finds them there. */
const MOST_KEPT_PIXELS = 120 * 512 * 512;

/**
 * Makes the engine that scores series in a worker. Nothing is started before the first call.
 *
 * @param configuration where models and assets lie; their URLs may be relative to the page
 */
export function createAspectsEngine(
  configuration: EngineConfiguration,
  surroundings: EngineSurroundings = {
    startWorker,
    locks: globalThis.navigator?.locks,
    mostKeptPixels: MOST_KEPT_PIXELS,
  }
): AspectsEngine {
  return new WorkerEngine(absolute(configuration), surroundings);
}

interface Fallback {
  readonly reason: string;
  readonly maxThreads: number | undefined;
}

class WorkerEngine implements AspectsEngine {
  private connection: Promise<WorkerConnection> | undefined;
  private fallback: Fallback | undefined;
  /** Counts disposals: what was asked before one is not asked again of a new worker. */
  private generation = 0;

  constructor(
    private readonly configuration: EngineConfiguration,
    private readonly surroundings: EngineSurroundings
  ) {}

  prepare(options: PrepareOptions = {}): Promise<Prepared> {
    return this.withRecovery(options.signal, connection =>
      connection.request<'prepare'>({ type: 'prepare', gently: options.gently ?? false }, options)
    );
  }

  async prepareSeries(series: HeadCtSeries, options: Pick<ScoreOptions, 'signal'> = {}): Promise<void> {
    await this.withRecovery(options.signal, connection =>
      connection.requestWithPixels<'prepareSeries'>(series, {}, { type: 'prepareSeries' }, options)
    );
  }

  score(series: HeadCtSeries, options: ScoreOptions = {}): Promise<ScoredSeries> {
    const message = { type: 'score', overrides: options.overrides ?? [] } as const;
    const { mostKeptPixels } = this.surroundings;
    // A recovery begins again at 0.
    const shown = neverDecreasing();
    const onProgress = (progress: Progress) =>
      options.onProgress?.({ ...progress, percent: shown(progress.percent) });
    return this.withRecovery(options.signal, connection =>
      connection
        .requestWithPixels<'score'>(series, {}, message, { ...options, onProgress })
        .finally(() => pixelsOf(series) > mostKeptPixels && connection.letGoOfSlices())
    );
  }

  rescore(request: RescoreRequest): Promise<AspectsResult> {
    const { series, regions, infarct, overrides, base } = request;
    return this.withRecovery(undefined, connection =>
      connection.requestWithPixels<'rescore'>(
        series,
        { regions, infarct },
        { type: 'rescore', overrides, base },
        {}
      )
    );
  }

  async dispose(): Promise<void> {
    this.generation++;
    const ending = this.connection;
    this.connection = undefined;
    this.fallback = undefined;
    const connection = await ending?.catch(() => undefined);
    connection?.end(cancelled());
  }

  /** Tries; when the machine fails, tries once more on the fallback; then refuses. */
  private async withRecovery<T>(
    signal: AbortSignal | undefined,
    work: (connection: WorkerConnection) => Promise<T>
  ): Promise<T> {
    const { generation } = this;
    let recovered = false;
    for (;;) {
      throwIfCancelled(signal);
      if (generation !== this.generation) {
        throw cancelled();
      }
      try {
        return await work(await unlessAborted(this.connect(), signal));
      } catch (error) {
        if (error instanceof Refusal) {
          throw error;
        }
        if (error instanceof WorkerEnded) {
          continue;
        }
        const failure = asRecoverableFailure(error);
        if (recovered) {
          throw failedTwice(failure);
        }
        // A GPU that fails its test is found out before anything was computed: that is a choice,
        // not a recovery.
        recovered = failure.kind !== 'gpu-unusable';
      }
    }
  }

  private connect(): Promise<WorkerConnection> {
    if (!this.connection) {
      const connecting = this.openConnection();
      this.connection = connecting;
      connecting.catch(() => this.forget(connecting));
    }
    return this.connection;
  }

  private async openConnection(): Promise<WorkerConnection> {
    const { locks } = this.surroundings;
    const { worker, allowBlobUrls } = await this.surroundings.startWorker(this.configuration.assetsUrl);
    const lifeLock = locks && `deep-aspects-worker-${uniqueName()}`;
    const connection = new WorkerConnection(
      worker,
      failure => this.connectionEnded(connection, failure),
      locks && lifeLock ? { name: lifeLock, locks } : undefined
    );
    connection.send({ type: 'configure', configuration: this.workerConfiguration(allowBlobUrls, lifeLock) });
    return connection;
  }

  private workerConfiguration(allowBlobUrls: boolean, lifeLock: string | undefined): WorkerConfiguration {
    const { models, provider, assetsUrl, scoring } = this.configuration;
    return {
      models,
      assetsUrl,
      scoring,
      provider: this.fallback ? 'wasm' : provider,
      maxThreads: this.fallback?.maxThreads,
      fallbackReason: this.fallback?.reason,
      allowBlobUrls,
      lifeLock,
    };
  }

  private connectionEnded(ended: WorkerConnection, failure: RecoverableFailure | undefined): void {
    const current = this.connection;
    void current?.then(
      connection => connection === ended && this.forget(current),
      () => undefined
    );
    if (failure) {
      // What already ran on the processor is given less to do at once.
      const wasOnProcessor = this.fallback !== undefined || this.configuration.provider === 'wasm';
      const maxThreads = wasOnProcessor || failure.kind === 'out-of-memory' ? 1 : undefined;
      this.fallback = { reason: describe(failure), maxThreads };
    }
  }

  private forget(connection: Promise<WorkerConnection>): void {
    if (this.connection === connection) {
      this.connection = undefined;
    }
  }
}

const pixelsOf = ({ slices, rows, columns }: HeadCtSeries): number => slices.length * rows * columns;

/** A slow server must not keep a reader from cancelling; the worker goes on starting for the next request. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) {
    return promise;
  }
  return new Promise((resolve, reject) => {
    const abort = () => reject(cancelled());
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function describe({ kind, message }: RecoverableFailure): string {
  switch (kind) {
    case 'gpu-unusable':
      return message;
    case 'device-lost':
      return `the GPU was lost (${message})`;
    case 'out-of-memory':
      return `memory ran out at the first try (${message})`;
    case 'worker-died':
    case 'crash':
      return `the first try broke off (${message})`;
  }
}

function failedTwice({ kind, message }: RecoverableFailure): Refusal {
  return new Refusal(
    'OUT_OF_MEMORY',
    `The computation broke off twice, also on the fallback (${message}). ` +
      'Close other tabs and viewports, reload the page and compute again.',
    { kind, message }
  );
}

function absolute(configuration: EngineConfiguration): EngineConfiguration {
  const base = globalThis.document?.baseURI;
  const { anatomy, infarct } = configuration.models;
  return {
    ...configuration,
    models: { anatomy: new URL(anatomy, base).href, infarct: new URL(infarct, base).href },
    assetsUrl: new URL(configuration.assetsUrl, base).href.replace(/\/?$/, '/'),
  };
}

/**
 * `crypto.randomUUID` is missing without a secure context; so are Web Locks, but a name must
 * not depend on it.
 */
function uniqueName(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), part => part.toString(16)).join('-');
}
