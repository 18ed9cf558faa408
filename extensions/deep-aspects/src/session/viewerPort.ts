import type { LabelMaps } from '@deep-aspects/aspects/scoring';
import type { WordKey } from '../i18n/translate';
import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import type { Level } from '@deep-aspects/aspects/scoring';
import type { RegionMark } from './regionMarks';
import type { OverlayStyle, RegionRef, ScoringTarget } from './state';

/** What is drawn over a series: label maps on its native slices, in the order of `sliceUIDs`. */
export interface OverlayContent extends LabelMaps {
  readonly target: ScoringTarget;
  /** SOP Instance UID of each plane, caudal to cranial. */
  readonly sliceUIDs: readonly string[];
  /** SOP Instance UID of the slice that a segment's "centre" is to lie on, by segment index. */
  readonly keySlices: Readonly<Record<number, string>>;
  /** How each region is read, by segment index. */
  readonly marks: ReadonlyMap<number, RegionMark>;
}

/** HU. */
export interface WindowLevel {
  readonly windowWidth: number;
  readonly windowCenter: number;
}

/** The two segmentations in the viewer. Planes are in the order of the shown content's `sliceUIDs`. */
export interface OverlayPort {
  /** Replaces what is shown. Yields between slices. */
  show(content: OverlayContent, signal?: AbortSignal): Promise<void>;
  /** The infarct mask as it is now, with the reader's brush strokes. */
  readInfarct(): Promise<Uint8Array[]>;
  writeInfarct(planes: readonly Uint8Array[]): Promise<void>;
  setStyle(style: OverlayStyle): void;
  /** Makes one region stand out. */
  setSelected(region: RegionRef | null): void;
  /** Shows another reading of the same masks, at once. */
  setMarks(marks: ReadonlyMap<number, RegionMark>): void;
  remove(): void;
  /** Calls back after each change of the infarct mask that is not our own. */
  onInfarctEdited(listener: () => void): () => void;
}

export interface FoundSeries {
  readonly target: ScoringTarget | null;
  /** The active series where it is no CT, and another one is the target or none. */
  readonly active: ScoringTarget | null;
}

/** What the controller needs of the viewer; OHIF's services behind it, or a fake in tests. */
export interface ViewerPort {
  readonly overlay: OverlayPort;
  /** What a click would score: that display set, or a CT series. */
  findSeries(displaySetInstanceUID?: string): FoundSeries;
  /** All slices in HU. Rejects with a `Refusal`. */
  readSeries(
    target: ScoringTarget,
    options: { signal: AbortSignal; onProgress: (done: number, total: number) => void }
  ): Promise<HeadCtSeries>;
  /**
   * Moves the viewports of a level to that slice; without a level the active viewport's column. In another
   * layout every viewport that shows the series.
   */
  jumpToSlice(target: ScoringTarget, sopInstanceUID: string, level: Level | null): Promise<void>;
  /** What the host's panes call a slice, so that it has one name on the screen: "I: 18 (12/28)". */
  sliceName(target: ScoringTarget, sopInstanceUID: string): string;
  /** SOP Instance UID of the slice in the active viewport; null where it shows another series. */
  currentSlice(target: ScoringTarget): string | null;
  /**
   * A column of viewports for each level with these slices where the host allows it, else as
   * many as there are.
   */
  showLevels(target: ScoringTarget, slices: Readonly<Record<Level, string>>): Promise<void>;
  /** Sets the window of every viewport that shows the series, HU. */
  setWindow(target: ScoringTarget, window: WindowLevel): void;
  /** Calls back when display sets, or the active viewport, have changed. */
  onTargetMayHaveChanged(listener: () => void): () => void;
  /** Calls back when the key that hides the overlay goes down and up. */
  onHideKey(listener: (held: boolean) => void): () => void;
  /** A short message in the host's own way, for when the panel may be closed. */
  notify(key: WordKey, tone: 'info' | 'warning' | 'error'): void;
}
