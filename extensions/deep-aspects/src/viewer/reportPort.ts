import type { HeadCtSeries } from '../core/series/headCtSeries';
import type { ReportFormat } from './aspectsController';
import type { Draft } from './state';

/** What a report is made of. */
export interface ReportInput {
  readonly draft: Draft;
  readonly series: HeadCtSeries;
  /** Segment indices 0-20, a plane a slice of `series`. */
  readonly regions: readonly Uint8Array[];
  /** 0 or 1, a plane a slice of `series`. */
  readonly infarct: readonly Uint8Array[];
}

export interface StoreOutcome {
  readonly complete: boolean;
  /** What was stored and what was not, in the reader's language. */
  readonly message: string;
}

/** The ways out of the viewer. Every method may reject with an `Error` whose message is for the reader. */
export interface ReportPort {
  copy(draft: Draft, length: 'short' | 'long'): Promise<void>;
  download(input: ReportInput, format: ReportFormat, anonymous: boolean): Promise<void>;
  store(input: ReportInput, onProgress: (percent: number) => void): Promise<StoreOutcome>;
}
