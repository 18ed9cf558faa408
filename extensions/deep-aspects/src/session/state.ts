import type { WordKey } from '../i18n/translate';
import type { AspectsResult, Progress, ReaderOverride, RegionId, Side } from '@deep-aspects/aspects/scoring';
import type { RefusalCode } from '@deep-aspects/aspects/series';
import type { WindowName } from './mirror/straightSlice';

/** The series that a click on "Compute ASPECTS" would score. */
export interface ScoringTarget {
  readonly displaySetInstanceUID: string;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly modality: string;
  readonly description: string;
  /** Series Number, by which series without a description are told apart. */
  readonly seriesNumber?: number | string;
  readonly imageCount: number;
}

/** Whether a score of the one is a score of the other. */
export function sameSeries(some: ScoringTarget | null, other: ScoringTarget | null): boolean {
  return (
    some?.displaySetInstanceUID === other?.displaySetInstanceUID && some?.imageCount === other?.imageCount
  );
}

/** One region of one hemisphere. */
export interface RegionRef {
  readonly side: Side;
  readonly region: RegionId;
}

/** A running computation; `images` is the viewer's own step before the engine's. */
export interface ViewerProgress {
  readonly step: Progress['step'] | 'images' | 'labelmaps';
  readonly done: number;
  readonly total: number;
  /** 0-100 over the whole computation, never decreasing. */
  readonly percent: number;
}

/** A result and what a reader has done to it so far. It is a draft until it is stored. */
export interface Draft {
  readonly target: ScoringTarget;
  readonly result: AspectsResult;
  readonly overrides: readonly ReaderOverride[];
  /** The reader has changed the infarct mask by hand. */
  readonly infarctEdited: boolean;
  /** The reader has looked, and sees no haemorrhage. */
  readonly haemorrhageDismissed?: boolean;
  /** Corrections that are neither stored nor discarded. */
  readonly unsaved: boolean;
  /** ISO time at which the draft was found again after a reload; undefined for a fresh one. */
  readonly restoredFrom?: string;
  /**
   * Set when this very result is in the PACS: ISO time at which it was stored, or made where it
   * was read back.
   */
  readonly storedAt?: string;
  /** The result was read back from the PACS, not computed here. */
  readonly fromArchive?: boolean;
}

/** `regions`: all outlines, affected ones filled. `affected`: those alone. `infarct`: no region. */
export const OVERLAY_MODES = ['regions', 'affected', 'infarct'] as const;
export type OverlayMode = (typeof OVERLAY_MODES)[number];

/** How regions and infarct are drawn. */
export interface OverlayStyle {
  readonly visible: boolean;
  /** Hidden as long as a key is held. */
  readonly held: boolean;
  /** 0-1, of the fill. */
  readonly opacity: number;
  readonly mode: OverlayMode;
  /** Show no other region than this. */
  readonly only: RegionRef | null;
}

/** A slice to be shown next to its mirror image. */
export interface MirrorPicture {
  /** As the host's panes call the slice. */
  readonly sliceName: string;
  /** 1 is the lowest. */
  readonly sliceNumber: number;
  readonly sliceCount: number;
  readonly window: WindowName;
  /** Pixels of a side. */
  readonly size: number;
  /**
   * Grey values, row by row: the mid-sagittal line upright in the middle, columns towards the patient's left.
   */
  readonly grey: Uint8ClampedArray;
}

/** An action that would discard a reader's work, and waits for a yes. */
export type Confirmation =
  | { readonly kind: 'recompute'; readonly displaySetInstanceUID?: string }
  | { readonly kind: 'reset' }
  | { readonly kind: 'discard' };

export interface RefusalNotice {
  readonly code: RefusalCode | 'UNKNOWN';
  readonly message: string;
}

export type StoreState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'storing'; readonly percent: number }
  | { readonly phase: 'stored'; readonly at: string; readonly message: string }
  | { readonly phase: 'failed'; readonly message: string };

/** A short message of what was just done, in words of `i18n`. */
export interface Notice {
  readonly key: WordKey;
  readonly values?: Readonly<Record<string, string | number>>;
  readonly tone: 'info' | 'error';
}

/** Everything that the panel shows. A new object at each change. */
export interface AspectsState {
  readonly phase: 'idle' | 'running' | 'done' | 'refused';
  readonly target: ScoringTarget | null;
  /** The active series where it is no CT: never the target, as long as there is a CT. */
  readonly active: ScoringTarget | null;
  readonly progress: ViewerProgress | null;
  readonly draft: Draft | null;
  readonly refusal: RefusalNotice | null;
  readonly confirmation: Confirmation | null;
  readonly rescoring: boolean;
  readonly selected: RegionRef | null;
  readonly overlay: OverlayStyle;
  /** The left-right comparison; null while it is closed. */
  readonly mirror: MirrorPicture | null;
  readonly store: StoreState;
  readonly notice: Notice | null;
}

export const INITIAL_OVERLAY: OverlayStyle = {
  visible: true,
  held: false,
  opacity: 0.15,
  mode: 'regions',
  only: null,
};

export const INITIAL_STATE: AspectsState = {
  phase: 'idle',
  target: null,
  active: null,
  progress: null,
  draft: null,
  refusal: null,
  confirmation: null,
  rescoring: false,
  selected: null,
  overlay: INITIAL_OVERLAY,
  mirror: null,
  store: { phase: 'idle' },
  notice: null,
};
