import type { LabelMaps } from '@deep-aspects/aspects/scoring';
import type { WordKey } from '../i18n/translate';
import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import type { OverlayStyle, ScoringTarget } from './state';

/** What is drawn over a series: label maps on its native slices, in the order of `sliceUIDs`. */
export interface OverlayContent extends LabelMaps {
  readonly target: ScoringTarget;
  /** SOP Instance UID of each plane, caudal to cranial. */
  readonly sliceUIDs: readonly string[];
  /** SOP Instance UID of the slice that a segment's "centre" is to lie on, by segment index. */
  readonly keySlices: Readonly<Record<number, string>>;
}

/** The two segmentations in the viewer. Planes are in the order of the shown content's `sliceUIDs`. */
export interface OverlayPort {
  /** Replaces what is shown. Yields between slices. */
  show(content: OverlayContent, signal?: AbortSignal): Promise<void>;
  /** The infarct mask as it is now, with the reader's brush strokes. */
  readInfarct(): Promise<Uint8Array[]>;
  writeInfarct(planes: readonly Uint8Array[]): Promise<void>;
  setStyle(style: OverlayStyle): void;
  remove(): void;
  /** Calls back after each change of the infarct mask that is not our own. */
  onInfarctEdited(listener: () => void): () => void;
}

/** What the controller needs of the viewer; OHIF's services behind it, or a fake in tests. */
export interface ViewerPort {
  readonly overlay: OverlayPort;
  /** The CT series of that display set, or of the active viewport, or the first one there is. */
  findTarget(displaySetInstanceUID?: string): ScoringTarget | null;
  /** All slices in HU. Rejects with a `Refusal`. */
  readSeries(
    target: ScoringTarget,
    options: { signal: AbortSignal; onProgress: (done: number, total: number) => void }
  ): Promise<HeadCtSeries>;
  /** Moves every viewport that shows the series to that slice. */
  jumpToSlice(target: ScoringTarget, sopInstanceUID: string): Promise<void>;
  /** SOP Instance UID of the slice in the active viewport; null where it shows another series. */
  currentSlice(target: ScoringTarget): string | null;
  /** Two viewports with these slices where the host allows it, else one. */
  showSideBySide(target: ScoringTarget, sopInstanceUIDs: readonly [string, string]): Promise<void>;
  /** Calls back when display sets, or the active viewport, have changed. */
  onTargetMayHaveChanged(listener: () => void): () => void;
  /** A short message in the host's own way, for when the panel may be closed. */
  notify(key: WordKey, tone: 'info' | 'warning' | 'error'): void;
}
