import type { ReportFormat } from '@deep-aspects/aspects/report';
import type { WindowName } from './mirror/straightSlice';
import type { AspectsState, OverlayStyle, RegionRef } from './state';

/**
 * The one place where the reader's session with a series lives: which series, the running computation, the
 * draft result with the reader's corrections. Commands call it, the panel watches it. No method ever rejects:
 * what goes wrong is in the state.
 */
export interface AspectsController {
  readonly getSnapshot: () => AspectsState;
  readonly subscribe: (listener: () => void) => () => void;
  /** A mode that lists the extension was entered or left. */
  onModeEnter(): void;
  onModeExit(): void;
  /**
   * A panel was opened: only now are earlier results looked for, since a host enters and leaves every
   * extension with any mode. Gives what to call when that panel is closed.
   */
  panelOpened(): () => void;
  compute(options?: { displaySetInstanceUID?: string }): Promise<void>;
  cancel(): void;
  setRegionAffected(change: RegionRef & { affected: boolean }): Promise<void>;
  /** Takes back the reader's word on one region. */
  undoRegion(region: RegionRef): Promise<void>;
  /** The reader sees no haemorrhage: the score applies. */
  dismissHaemorrhage(): Promise<void>;
  /** Takes back all of the reader's changes, the edited mask too. */
  resetReaderChanges(): Promise<void>;
  /** After the infarct mask was edited. */
  rescore(): Promise<void>;
  jumpToRegion(region: RegionRef): Promise<void>;
  /** +1 or -1 among the affected regions. */
  stepAffectedRegion(step: 1 | -1): Promise<void>;
  setOverlay(change: Partial<OverlayStyle>): void;
  /** The next of the overlay's styles, going round. */
  nextOverlayMode(): void;
  /** The stroke window, or the brain window where that is shown already. */
  toggleWindow(): Promise<void>;
  /** A column for each level. */
  showBothLevels(): Promise<void>;
  /** Opens or closes the comparison of a slice with its mirror image. */
  toggleMirror(): Promise<void>;
  /** +1: towards the head. */
  stepMirror(step: 1 | -1): Promise<void>;
  setMirrorWindow(window: WindowName): Promise<void>;
  /** The reader's answer to `state.confirmation`. */
  answerConfirmation(yes: boolean): Promise<void>;
  /** Forgets the draft and its overlay, after asking where a reader's work would be lost. */
  discardDraft(): Promise<void>;
  copyReport(options?: { length?: 'short' | 'long' }): Promise<void>;
  downloadReport(options?: { format?: ReportFormat; anonymous?: boolean }): Promise<void>;
  storeReport(): Promise<void>;
}
