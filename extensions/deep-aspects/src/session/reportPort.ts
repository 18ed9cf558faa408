import type { ReportFormat } from '@deep-aspects/aspects/report';
import type { AspectsResult, LabelMaps } from '@deep-aspects/aspects/scoring';
import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import type { Draft, ScoringTarget } from './state';

/** A draft with what its reports are made of. */
export interface DraftWithImages extends LabelMaps {
  readonly draft: Draft;
  readonly series: HeadCtSeries;
}

export interface StoreNotice {
  readonly complete: boolean;
  /** What was stored and what was not, in the reader's language. */
  readonly message: string;
}

/** A result that the archive holds, read back. */
export interface FoundReport extends LabelMaps {
  readonly result: AspectsResult;
  readonly infarctEdited: boolean;
  /** ISO time at which it was made. */
  readonly createdAt: string;
}

/**
 * The ways out of the viewer, and back in. Every method may reject with an `Error` whose message is
 * for the reader.
 */
export interface ReportPort {
  copy(draft: Draft, length: 'short' | 'long'): Promise<void>;
  download(input: DraftWithImages, format: ReportFormat, anonymous: boolean): Promise<void>;
  store(input: DraftWithImages, onProgress: (percent: number) => void): Promise<StoreNotice>;
  /** Whether the study holds structured reports at all: a quick look, before anything is fetched. */
  mayHaveStored(target: ScoringTarget): boolean;
  /** The latest stored result of the series; null where there is none. */
  findStored(series: HeadCtSeries): Promise<FoundReport | null>;
}
