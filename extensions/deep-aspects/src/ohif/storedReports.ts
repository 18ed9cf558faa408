import {
  type DicomReport,
  findStoredReport,
  findStoredVersion,
  keyImageSteps,
  reportSteps,
  SeenVersions,
  type StoredVersion,
  type StoreFailure,
  storeFailureOf,
  type StoreOutcome,
  storeReport,
} from '@deep-aspects/aspects/report';
import { percentWithin } from '@deep-aspects/aspects/scoring';
import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import { translate } from '../i18n/translate';
import type { DraftWithImages, FoundReport, ReportPort, StoreNotice } from '../session/reportPort';
import type { ScoringTarget } from '../session/state';
import { runInTurns } from '../session/yielding';
import { summaryPage } from './encodeSummaryPng';
import { dicomWebAccess, hostArchive, loadSeries } from './host/archive';
import type { OhifManagers } from './host/managers';
import { summaryOf, sourceOf } from './reportContent';

/**
 * Of storing, percent: while the archive is asked for a version before, and where sending begins and ends.
 */
const ASKING = 5;
const SENDING = [10, 100] as const;

interface AskedVersion {
  readonly version?: StoredVersion;
  readonly failure?: StoreFailure;
}

/**
 * The reports in the archive of the host's current data source: stored as SEG, SR and key images,
 * and read back.
 */
export class StoredReports implements Pick<ReportPort, 'store' | 'mayHaveStored' | 'findStored'> {
  /** The version of each series that was last opened or stored on this page: an archive may index it late. */
  private readonly versions = new Map<string, StoredVersion>();
  private readonly seen = new SeenVersions();

  /** @param timeoutMs longest wait for each answer of the archive, ms */
  constructor(
    private readonly managers: OhifManagers,
    private readonly timeoutMs: () => number
  ) {}

  async store(input: DraftWithImages, onProgress: (percent: number) => void): Promise<StoreNotice> {
    const { seriesInstanceUID } = input.series;
    onProgress(ASKING);
    const asked = await this.askVersion(input.series);
    if (asked.failure) {
      return noticeOf({ status: 'failed', seg: 'not-stored', sr: 'not-stored', failure: asked.failure });
    }
    if (asked.version && this.seen.isNews(seriesInstanceUID, asked.version)) {
      // Told once: whoever stores again means to.
      this.seen.add(seriesInstanceUID, asked.version);
      return { complete: false, message: translate('store.news') };
    }
    const report = await this.build(input, asked.version ?? this.versions.get(seriesInstanceUID));
    this.seen.add(seriesInstanceUID, report.sr);
    const outcome = await storeReport(report, hostArchive(this.managers), {
      timeoutMs: this.timeoutMs(),
      onProgress: progress => onProgress(percentWithin(SENDING, progress.percent, 100)),
    });
    if (outcome.status === 'complete') {
      this.keep(seriesInstanceUID, report);
    }
    return noticeOf(outcome);
  }

  mayHaveStored(target: ScoringTarget): boolean {
    const { displaySetService } = this.managers.servicesManager.services;
    return (
      dicomWebAccess(this.managers) !== null &&
      displaySetService
        .getActiveDisplaySets()
        .some(
          ({ Modality, StudyInstanceUID }) =>
            Modality === 'SR' && StudyInstanceUID === target.studyInstanceUID
        )
    );
  }

  async findStored(series: HeadCtSeries): Promise<FoundReport | null> {
    const access = dicomWebAccess(this.managers);
    const signal = AbortSignal.timeout(this.timeoutMs());
    const found = access && (await findStoredReport(series, { ...access, signal }));
    if (!found) {
      return null;
    }
    this.seen.add(series.seriesInstanceUID, found.version);
    this.versions.set(series.seriesInstanceUID, found.version);
    const { result, regions, infarct, edited, createdAt } = found;
    return { result, regions, infarct, infarctEdited: edited.infarct, createdAt };
  }

  /**
   * The version that the archive holds. Without knowing it, a changed report would not name the
   * one before it.
   */
  private async askVersion(series: HeadCtSeries): Promise<AskedVersion> {
    const access = dicomWebAccess(this.managers);
    const signal = AbortSignal.timeout(this.timeoutMs());
    try {
      return { version: access ? await findStoredVersion(series, { ...access, signal }) : undefined };
    } catch (error) {
      return { failure: storeFailureOf(error, signal.aborted ? 'timeout' : undefined) };
    }
  }

  private async build(input: DraftWithImages, previous: StoredVersion | undefined) {
    const { draft, series, regions, infarct } = input;
    const source = sourceOf(this.managers, input);
    const edited = { infarct: draft.infarctEdited };
    const reportInput = { result: draft.result, series, regions, infarct, source, edited };
    const objects = await runInTurns(reportSteps(reportInput, previous));
    // Many hosts show neither SEG nor SR: a picture is what they show. It names nobody, the object does.
    const page = summaryPage(summaryOf(this.managers, input, true));
    return { ...objects, keyImages: await runInTurns(keyImageSteps(reportInput, [page])) };
  }

  /** Remembers what the archive has confirmed, and has the host show it. */
  private keep(scoredSeriesUID: string, { seg, sr, keyImages = [] }: DicomReport): void {
    const { studyInstanceUID, seriesInstanceUID, sopInstanceUID, seriesNumber } = sr;
    this.versions.set(scoredSeriesUID, { studyInstanceUID, seriesInstanceUID, sopInstanceUID, seriesNumber });
    const stored = [seg, sr, ...keyImages].map(object => object.seriesInstanceUID);
    // What is stored is stored, whether the host shows it now or at the next reload.
    void loadSeries(this.managers, studyInstanceUID, stored).catch(() => undefined);
  }
}

/** What is told of storing, in the reader's language. */
function noticeOf({ status, seg, sr, failure }: StoreOutcome): StoreNotice {
  if (status === 'complete') {
    return { complete: true, message: translate('store.complete') };
  }
  const reason = failure ? translate(`storeFailure.${failure.code}`) : '';
  const states = { seg: translate(`objectState.${seg}`), sr: translate(`objectState.${sr}`) };
  return { complete: false, message: translate('store.incomplete', { ...states, reason }) };
}
