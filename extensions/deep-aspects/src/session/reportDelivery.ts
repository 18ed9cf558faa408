import type { ReportFormat } from '@deep-aspects/aspects/report';
import { noticeOfFailure } from './computation';
import type { DraftStore } from './drafts/draftStore';
import type { DraftWithImages, ReportPort } from './reportPort';
import type { SessionStore } from './sessionStore';

export interface ReportDeliveryOptions {
  readonly store: SessionStore;
  readonly report: ReportPort;
  readonly drafts: DraftStore;
  /**
   * The draft with its voxels, as the viewer shows it; null where there is none. Rejects where an edited mask
   * could not be scored.
   */
  readonly input: () => Promise<DraftWithImages | null>;
  readonly now: () => number;
}

/** The ways out of the viewer: what was handed out, and how storing went, is in the state. */
export class ReportDelivery {
  constructor(private readonly options: ReportDeliveryOptions) {}

  async copy(length: 'short' | 'long'): Promise<void> {
    const { store, report } = this.options;
    const { draft } = store.getSnapshot();
    if (draft) {
      await report.copy(draft, length);
      store.dispatch({ type: 'noticed', notice: { key: 'notice.copied', tone: 'info' } });
    }
  }

  async download(format: ReportFormat, anonymous: boolean): Promise<void> {
    const { store, report } = this.options;
    const input = await this.options.input();
    if (input) {
      await report.download(input, format, anonymous);
      store.dispatch({ type: 'noticed', notice: { key: 'notice.downloaded', tone: 'info' } });
    }
  }

  /** Never rejects: a failure is told next to the button, and everything stays for another try. */
  async storeInArchive(): Promise<void> {
    const { store } = this.options;
    if (!store.dispatch({ type: 'storingStarted' })) {
      return;
    }
    try {
      const input = await this.options.input();
      if (input) {
        await this.storeInput(input);
      } else {
        store.dispatch({ type: 'nothingToStore' });
      }
    } catch (error) {
      store.dispatch({ type: 'storingFailed', message: noticeOfFailure(error).message });
    }
  }

  private async storeInput(input: DraftWithImages): Promise<void> {
    const { store, report, drafts, now } = this.options;
    const outcome = await report.store(input, percent =>
      store.dispatch({ type: 'storingProgressed', percent })
    );
    if (!outcome.complete) {
      store.dispatch({ type: 'storingFailed', message: outcome.message });
      return;
    }
    const at = new Date(now()).toISOString();
    const { result } = input.draft;
    store.dispatch({ type: 'stored', result, at, message: outcome.message });
    // A correction made meanwhile is not in what was stored.
    if (store.getSnapshot().draft?.result === result) {
      await drafts.remove(input.draft.target.seriesInstanceUID);
    }
  }
}
