import { isDated, type ArchiveClient, type FoundStudy } from '../archive/archiveClient';

export interface UndatedSweepOptions {
  readonly client: Pick<ArchiveClient, 'anyStudies'>;
  /** Pause behind the last page, ms. */
  readonly restMs: () => number;
  /**
   * Is given each study without a date, and the time, ms; `isFirst`: the first time through, when nobody
   * knows since when it is there.
   */
  readonly onStudy: (study: FoundStudy, now: number, isFirst: boolean) => void;
  /** Is told the end of each time through, and when it began, ms. */
  readonly onEnd: (told: { studies: number; undated: number; beganAt: number; isFirst: boolean }) => void;
}

/** An archive is asked for pages at most this part of the time: nobody waits for what they hold. */
const SHARE = 0.05;

/**
 * Looks through all studies of an archive for those without a date, a page at a time, again and again: a
 * search by date leaves them out, and DICOM has none for what is empty. Holds nothing of what it saw.
 */
export class UndatedSweep {
  private offset = 0;
  private undated = 0;
  private beganAt = 0;
  private isFirst = true;
  private notBefore = -Infinity;
  private firstOfPage: string | undefined;

  constructor(private readonly options: UndatedSweepOptions) {}

  /**
   * Asks for the next page, if it is time; `ended`: there was none, and the first one comes next. Rejects
   * where the archive does not answer; the page is asked for again.
   */
  async step(clock: () => number): Promise<'rested' | 'looked' | 'ended'> {
    const began = clock();
    if (began < this.notBefore) {
      return 'rested';
    }
    if (this.offset === 0) {
      Object.assign(this, { beganAt: began, undated: 0, firstOfPage: undefined });
    }
    const page = await this.options.client.anyStudies(this.offset).finally(() => {
      const ended = clock();
      this.notBefore = ended + (ended - began) * (1 / SHARE - 1);
    });
    // An archive that knows no offset sends the same page again.
    if (page.length === 0 || page[0].studyInstanceUID === this.firstOfPage) {
      this.end(clock());
      return 'ended';
    }
    for (const study of page.filter(found => !isDated(found))) {
      this.undated++;
      this.options.onStudy(study, began, this.isFirst);
    }
    this.firstOfPage = page[0].studyInstanceUID;
    // Some archives give fewer at a time than they are asked for.
    this.offset += page.length;
    return 'looked';
  }

  /** Begins from the first page, now. */
  restart(): void {
    this.offset = 0;
    this.notBefore = -Infinity;
  }

  private end(now: number): void {
    const { offset: studies, undated, beganAt, isFirst } = this;
    this.offset = 0;
    this.isFirst = false;
    this.notBefore = Math.max(this.notBefore, now + this.options.restMs());
    this.options.onEnd({ studies, undated, beganAt, isFirst });
  }
}
