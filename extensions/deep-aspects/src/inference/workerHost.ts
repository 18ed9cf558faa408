import {
  type AspectsResult,
  mergeScoringRule,
  type ModelManifest,
  percentWithin,
  type PreparedSeries,
  type RescoreSeriesOptions,
  type ScoredSeries,
  type ScoreSeriesOptions,
  type ScoringRule,
} from '@deep-aspects/aspects/scoring';
import {
  cancelled,
  type CtSlice,
  type HeadCtSeries,
  type QualityWarning,
  Refusal,
  throwIfCancelled,
} from '@deep-aspects/aspects/series';
import { errorResponse } from './channel/responses';
import type {
  AnsweredRequest,
  Answers,
  SeriesWithoutSlices,
  EngineRequest,
  EngineResponse,
  WorkerConfiguration,
} from './protocol';
import type { NetworkPair } from './runtime/openNetworkPair';
import { warmUp } from './runtime/warmUp';

export interface WorkerHostDependencies {
  post(response: EngineResponse, transfer?: readonly Transferable[]): void;
  openPair(
    configuration: WorkerConfiguration,
    hooks: {
      readonly signal: AbortSignal;
      readonly onProgress: (done: number, total: number) => void;
      readonly onDeviceLost: (message: string) => void;
    }
  ): Promise<NetworkPair>;
  /** Reads the infarct manifest by itself: a correction needs its rule, but no session. */
  loadInfarctManifest(configuration: WorkerConfiguration): Promise<ModelManifest>;
  score(options: ScoreSeriesOptions): Promise<ScoredSeries>;
  prepareSeries(series: HeadCtSeries, signal: AbortSignal): Promise<PreparedSeries>;
  rescore(options: RescoreSeriesOptions): AspectsResult;
  /**
   * Resolves after the messages that wait were handled: the WebAssembly runtime itself never lets them in.
   */
  breathe(): Promise<void>;
  /** Takes a Web Lock that is held until the worker ends. */
  holdLock(name: string): Promise<void>;
}

/** Between two rounds of a warm-up that nobody waits for: as long as a slow round. */
const GENTLE_PAUSE_MS = 150;

/** Of the whole bar, when models must be loaded first. */
const LOAD_PERCENT = 25;

/**
 * The worker's side of the protocol: holds one series and both sessions, and answers requests one
 * after the other.
 */
export class WorkerHost {
  private configuration: WorkerConfiguration | undefined;
  private pair: Promise<NetworkPair> | undefined;
  private isOpen = false;
  /** Pairs that have run: they are as fast as they get, or were asked for more than a warm-up. */
  private readonly warm = new WeakSet<NetworkPair>();
  private series: { header: SeriesWithoutSlices; slices: CtSlice[]; whole?: HeadCtSeries } | undefined;
  /** Of the series that is held, where it was prepared beforehand. */
  private prepared: PreparedSeries | undefined;
  private planes: { regions: Uint8Array[]; infarct: Uint8Array[] } = { regions: [], infarct: [] };
  /** Requests that run or wait. */
  private readonly running = new Map<
    number,
    { type: AnsweredRequest['type']; controller: AbortController }
  >();
  private tail: Promise<void> = Promise.resolve();

  constructor(private readonly dependencies: WorkerHostDependencies) {}

  /** Handles one message; answers are posted. */
  handle(message: EngineRequest): void {
    switch (message.type) {
      case 'configure':
        this.configure(message.configuration);
        return;
      case 'series':
        this.series = { header: message.series, slices: [] };
        this.prepared = undefined;
        return;
      case 'slices':
        this.series?.slices.push(...message.slices);
        return;
      case 'letGo':
        this.letGoOfSlices();
        return;
      case 'planes':
        this.planes[message.map].push(...message.planes);
        return;
      case 'cancel':
        this.running.get(message.id)?.controller.abort();
        return;
      default:
        this.enqueue(message);
    }
  }

  /** The series itself stays, and what was prepared of it: the slices that come again are its own. */
  private letGoOfSlices(): void {
    const slices = this.series?.slices.splice(0) ?? [];
    slices.forEach(({ hu }) => free(hu.buffer));
  }

  private configure(configuration: WorkerConfiguration): void {
    this.configuration = configuration;
    if (configuration.lifeLock) {
      void this.dependencies
        .holdLock(configuration.lifeLock)
        .then(() => this.dependencies.post({ type: 'alive' }));
    }
  }

  private enqueue(request: AnsweredRequest): void {
    const controller = new AbortController();
    this.running.set(request.id, { type: request.type, controller });
    // Taken now: the next request's pixels may arrive while an earlier one still runs.
    const work = this.prepareWork(request, controller.signal);
    this.tail = this.tail.then(async () => {
      try {
        throwIfCancelled(controller.signal);
        const { value, transfer } = await work();
        this.dependencies.post({ type: 'done', id: request.id, value }, transfer);
      } catch (error) {
        this.dependencies.post(errorResponse(request.id, controller.signal.aborted ? cancelled() : error));
      } finally {
        this.running.delete(request.id);
      }
    });
  }

  private prepareWork(request: AnsweredRequest, signal: AbortSignal): () => Promise<Answer> {
    switch (request.type) {
      case 'prepare':
        return () => this.prepare(request.gently, signal);
      case 'prepareSeries': {
        const series = this.heldSeries();
        return () => this.prepareSeries(series, signal);
      }
      case 'score': {
        const series = this.heldSeries();
        const preparing = this.isOpen ? undefined : this.prepareMeanwhile(series, signal);
        return () => this.score(request, series, preparing, signal);
      }
      case 'rescore': {
        const { regions, infarct } = this.planes;
        this.planes = { regions: [], infarct: [] };
        const series = this.heldSeries();
        const { overrides, base } = request;
        return async () => {
          const scoring = scoringRule(await this.infarctManifest(), this.configured.scoring);
          return {
            value: this.dependencies.rescore({ series, regions, infarct, overrides, scoring, base }),
            transfer: [],
          };
        };
      }
    }
  }

  private heldSeries(): HeadCtSeries {
    if (!this.series) {
      throw new Error('a request came before its series');
    }
    const { header, slices } = this.series;
    // One object for all requests: what was prepared is known by it.
    this.series.whole ??= { ...header, slices };
    return this.series.whole;
  }

  private async prepareSeries(series: HeadCtSeries, signal: AbortSignal): Promise<Answer> {
    const prepared =
      this.prepared?.series === series
        ? this.prepared
        : await this.dependencies.prepareSeries(series, signal);
    // Another series may have come meanwhile.
    this.prepared = this.series?.whole === series ? prepared : undefined;
    return { value: null, transfer: [] };
  }

  /**
   * What needs no network, while the networks come. What fails here fails again, and is told, in the score.
   */
  private async prepareMeanwhile(series: HeadCtSeries, signal: AbortSignal): Promise<void> {
    await this.prepareSeries(series, signal).catch(() => undefined);
  }

  private async prepare(gently: boolean, signal: AbortSignal): Promise<Answer> {
    const pair = await this.open(signal);
    if (!this.warm.has(pair)) {
      const nobodyWaits = () => !signal.aborted && this.running.size <= 1;
      const breathe = gently ? () => pause(GENTLE_PAUSE_MS) : this.dependencies.breathe;
      await warmUp([pair.infarct, pair.anatomy], nobodyWaits, breathe);
      throwIfCancelled(signal);
      this.warm.add(pair);
    }
    return { value: { provider: pair.choice.provider, adapter: pair.choice.adapter }, transfer: [] };
  }

  private async score(
    { id, overrides }: Extract<AnsweredRequest, { type: 'score' }>,
    series: HeadCtSeries,
    preparing: Promise<void> | undefined,
    signal: AbortSignal
  ): Promise<Answer> {
    const started = performance.now();
    const mustLoad = !this.pair;
    const pair = await this.open(signal);
    const loadMs = mustLoad ? performance.now() - started : 0;
    await preparing;
    throwIfCancelled(signal);
    const { anatomy, infarct, choice } = pair;
    scoringRule(infarct.manifest, this.configured.scoring);
    const span = [mustLoad ? LOAD_PERCENT : 0, 100] as const;
    const scoring = this.dependencies.score({
      series,
      prepared: this.prepared,
      anatomy,
      infarct,
      scoring: this.configured.scoring,
      overrides,
      runtime: {
        provider: choice.provider,
        adapter: choice.adapter,
        precision: [...new Set([anatomy.manifest.precision, infarct.manifest.precision])].join(' and '),
        loadMs,
      },
      warnings: this.fallbackWarnings(pair),
      onProgress: progress => {
        const percent = percentWithin(span, progress.percent, 100);
        this.dependencies.post({ type: 'progress', id, progress: { ...progress, percent } });
      },
      signal,
    });
    const scored = await unlessMiscomputed(pair, scoring, signal);
    throwIfCancelled(signal);
    this.warm.add(pair);
    return {
      value: scored,
      transfer: [...scored.regions, ...scored.infarct].map(plane => plane.buffer as ArrayBuffer),
    };
  }

  /**
   * Opens the sessions once; a failed or cancelled try is forgotten, so that the next request tries again.
   */
  private async open(signal: AbortSignal): Promise<NetworkPair> {
    this.pair ??= this.dependencies.openPair(this.configured, {
      signal,
      onProgress: (done, total) => this.reportLoading(done, total),
      onDeviceLost: message => this.dependencies.post({ type: 'failed', kind: 'device-lost', message }),
    });
    try {
      const pair = await this.pair;
      this.isOpen = true;
      return pair;
    } catch (error) {
      this.pair = undefined;
      throw error;
    }
  }

  private async infarctManifest(): Promise<ModelManifest> {
    const pair = await this.pair?.catch(() => undefined);
    return pair ? pair.infarct.manifest : this.dependencies.loadInfarctManifest(this.configured);
  }

  private get configured(): WorkerConfiguration {
    if (!this.configuration) {
      throw new Error('a request came before the configuration');
    }
    return this.configuration;
  }

  private fallbackWarnings(pair: NetworkPair): readonly QualityWarning[] {
    const reason = this.configured.fallbackReason ?? pair.choice.fallbackReason;
    return reason
      ? [{ code: 'GPU_FALLBACK', message: `Computed on the processor (WebAssembly), because ${reason}.` }]
      : [];
  }

  /** Whoever waits for the networks sees them load, not only the request that asked for them first. */
  private reportLoading(done: number, total: number): void {
    for (const [id, { type }] of this.running) {
      const percent = percentWithin([0, type === 'prepare' ? 100 : LOAD_PERCENT], done, total);
      this.dependencies.post({ type: 'progress', id, progress: { step: 'load', done, total, percent } });
    }
  }
}

/** Gives the memory back at once: a worker at rest may not collect its garbage for minutes. */
function free(buffer: ArrayBufferLike & { transfer?(length: number): unknown }): void {
  buffer.transfer?.(0);
}

/**
 * A result, or a refusal for what the networks saw, counts only if they compute right still. After a result
 * the infarct network stands for both, since they share the device and what a slow GPU computes twice is
 * waited for: the anatomy network's zeros are no regions, which is a refusal, and then both are asked.
 */
async function unlessMiscomputed<T>(pair: NetworkPair, scoring: Promise<T>, signal: AbortSignal): Promise<T> {
  const settled = await scoring.then(
    value => ({ value }),
    (error: unknown) => ({ error })
  );
  const isNoBrain =
    'error' in settled && settled.error instanceof Refusal && settled.error.code === 'NO_BRAIN';
  if (('value' in settled || isNoBrain) && !signal.aborted) {
    await pair.verify(isNoBrain ? ['anatomy', 'infarct'] : ['infarct']);
  }
  if ('error' in settled) {
    throw settled.error;
  }
  return settled.value;
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}

interface Answer {
  readonly value: Answers[keyof Answers];
  readonly transfer: readonly Transferable[];
}

/** A site's rule that makes no sense is its configuration's fault, not a failure to recover from. */
function scoringRule(manifest: ModelManifest, scoring: WorkerConfiguration['scoring']): ScoringRule {
  try {
    return mergeScoringRule(manifest.scoring, scoring);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      'MODEL_UNAVAILABLE',
      `The rule for affected regions cannot be used. ${reason} Correct the scoring entry of the configuration.`,
      { reason }
    );
  }
}
