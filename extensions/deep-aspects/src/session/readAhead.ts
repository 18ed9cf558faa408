import { type HeadCtSeries, throwIfCancelled } from '@deep-aspects/aspects/series';
import type { AspectsEngine } from '../inference/aspectsEngine';
import type { Restoration } from './restoration';
import { sameSeries, type ScoringTarget } from './state';
import type { ViewerPort } from './viewerPort';

/**
 * The host loads and draws a study in its first seconds; whoever goes on to another series meanwhile
 * loses nothing.
 */
const SETTLE_MS = 1500;
/**
 * Of longer series only the networks are made ready: their pixels would be held twice for a score that
 * may never come.
 */
const MOST_IMAGES = 320;

export interface ReadAheadOptions {
  readonly restoration: Pick<Restoration, 'isWithoutResult'>;
  readonly viewer: Pick<ViewerPort, 'readSeries'>;
  readonly engine: () => AspectsEngine;
  /** False where a site wants nothing to be fetched before the click. */
  readonly allowed: boolean;
}

/**
 * While a study is read: fetches and warms the networks, then reads the series and has it prepared, so that a
 * click has little to wait for. What fails here fails again, and is told, at the click.
 */
export class ReadAhead {
  private sought: ScoringTarget | null = null;
  private running: AbortController | undefined;
  private ready: { readonly target: ScoringTarget; readonly series: HeadCtSeries } | undefined;

  constructor(private readonly options: ReadAheadOptions) {}

  /** Goes for the series that a click would score now, and leaves any other. */
  follow(target: ScoringTarget | null): void {
    const { allowed, restoration } = this.options;
    if (sameSeries(target, this.sought)) {
      return;
    }
    this.stop();
    if (allowed && target && restoration.isWithoutResult) {
      this.sought = target;
      this.running = new AbortController();
      void this.run(target, this.running.signal).catch(() => undefined);
    }
  }

  /**
   * The series where it was read already; else what is under way gives way to the reader's own computation.
   */
  seriesOf(target: ScoringTarget): HeadCtSeries | undefined {
    if (this.ready && sameSeries(this.ready.target, target)) {
      return this.ready.series;
    }
    this.running?.abort();
    return undefined;
  }

  /** Ends what is under way and lets go of the pixels. */
  stop(): void {
    this.running?.abort();
    this.running = undefined;
    this.ready = undefined;
    this.sought = null;
  }

  private async run(target: ScoringTarget, signal: AbortSignal): Promise<void> {
    const { viewer, engine, restoration } = this.options;
    await settled(signal);
    if (!restoration.isWithoutResult) {
      // A stored report became known meanwhile: a result that is shown needs no network.
      this.stop();
      return;
    }
    // Without the signal: whatever series comes next needs the networks too.
    await engine().prepare({ gently: true });
    throwIfCancelled(signal);
    if (target.imageCount > MOST_IMAGES) {
      return;
    }
    const series = await viewer.readSeries(target, { signal, onProgress: () => undefined });
    throwIfCancelled(signal);
    this.ready = { target, series };
    await engine().prepareSeries(series, { signal });
  }
}

async function settled(signal: AbortSignal): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, SETTLE_MS));
  // Safari has no `requestIdleCallback`.
  await new Promise<unknown>(resolve =>
    globalThis.requestIdleCallback
      ? globalThis.requestIdleCallback(resolve, { timeout: SETTLE_MS })
      : resolve(null)
  );
  throwIfCancelled(signal);
}
