import {
  findStoredReport,
  findStoredVersion,
  keyImageSteps,
  REPORT_FORMATS,
  reportFileName,
  reportSteps,
  SeenVersions,
  type StoredVersion,
  type StoreFailure,
  storeFailureOf,
  type StoreOutcome,
  storeReport,
} from '@deep-aspects/aspects/report';
import { percentWithin } from '@deep-aspects/aspects/scoring';
import { translate } from '../i18n/translate';
import type { DraftWithImages, ReportPort, StoreNotice } from '../session/reportPort';
import { runInTurns } from '../session/yielding';
import { sheetPage } from './encodeSheetPng';
import { dicomWebAccess, hostArchive, loadSeries } from './host/archive';
import type { OhifManagers } from './host/managers';
import { fileContent, sheetOf, sourceOf, textOf } from './reportContent';
import { saveFile } from './saveFile';

/** Longest wait for an answer of the archive to a question or an object, ms; a site may set another. */
const DEFAULT_STORE_TIMEOUT_MS = 60_000;

/**
 * Of storing, percent: while the archive is asked for a version before, and where sending begins and ends.
 */
const ASKING = 5;
const SENDING = [10, 100] as const;

/** What the site's configuration says of reports; read when it is needed. */
export interface ReportActionsOptions {
  /** Longest wait for each answer of the archive, ms. */
  readonly storeTimeoutMs: () => number | undefined;
  /** Absolute URL of the plugin's folder, with a trailing slash. */
  readonly assetsUrl: () => string;
}

/** Reports in a running OHIF: the browser's clipboard and downloads, the host's current data source. */
export function createReportActions(managers: OhifManagers, options: ReportActionsOptions): ReportPort {
  const timeoutMs = () => options.storeTimeoutMs() ?? DEFAULT_STORE_TIMEOUT_MS;
  /** What this page has stored itself, by series: an archive may index it late. */
  const versions = new Map<string, StoredVersion>();
  const seen = new SeenVersions();

  return {
    copy: (draft, length) => copyText(textOf(draft.result, length)),

    async download(input, format, anonymous) {
      const content = await fileContent(managers, input, {
        format,
        anonymous,
        assetsUrl: options.assetsUrl,
      });
      const { StudyDate: date, AccessionNumber: accession } = sourceOf(managers, input);
      const { studyInstanceUID } = input.series;
      const name = reportFileName(format, anonymous ? undefined : { date, accession, studyInstanceUID });
      saveFile(name, REPORT_FORMATS[format].mimeType, content);
    },

    async store(input, onProgress) {
      const { seriesInstanceUID } = input.series;
      onProgress(ASKING);
      const asked = await storedVersion(managers, input, timeoutMs());
      if (asked.failure) {
        return outcomeOf({ status: 'failed', seg: 'not-stored', sr: 'not-stored', failure: asked.failure });
      }
      if (asked.version && seen.isNews(seriesInstanceUID, asked.version)) {
        // Told once: whoever stores again means to.
        seen.add(seriesInstanceUID, asked.version);
        return { complete: false, message: translate('store.news') };
      }
      const previous = asked.version ?? versions.get(seriesInstanceUID);
      const { draft, series, regions, infarct } = input;
      const source = sourceOf(managers, input);
      const edited = { infarct: draft.infarctEdited };
      const reportInput = { result: draft.result, series, regions, infarct, source, edited };
      const objects = await runInTurns(reportSteps(reportInput, previous));
      // Many hosts show neither SEG nor SR: a picture is what they show. It names nobody, the object does.
      const page = sheetPage(sheetOf(managers, input, true));
      const keyImages = await runInTurns(keyImageSteps(reportInput, [page]));
      const report = { ...objects, keyImages };
      seen.add(seriesInstanceUID, report.sr);
      const outcome = await storeReport(report, hostArchive(managers), {
        timeoutMs: timeoutMs(),
        onProgress: progress => onProgress(percentWithin(SENDING, progress.percent, 100)),
      });
      if (outcome.status === 'complete') {
        const { studyInstanceUID, seriesInstanceUID: srSeries, sopInstanceUID, seriesNumber } = report.sr;
        versions.set(seriesInstanceUID, {
          studyInstanceUID,
          seriesInstanceUID: srSeries,
          sopInstanceUID,
          seriesNumber,
        });
        const stored = [report.seg, report.sr, ...keyImages].map(object => object.seriesInstanceUID);
        // What is stored is stored, whether the host shows it now or at the next reload.
        void loadSeries(managers, studyInstanceUID, stored).catch(() => undefined);
      }
      return outcomeOf(outcome);
    },

    mayHaveStored: target =>
      dicomWebAccess(managers) !== null &&
      managers.servicesManager.services.displaySetService
        .getActiveDisplaySets()
        .some(
          ({ Modality, StudyInstanceUID }) =>
            Modality === 'SR' && StudyInstanceUID === target.studyInstanceUID
        ),

    async findStored(series) {
      const access = dicomWebAccess(managers);
      const signal = AbortSignal.timeout(timeoutMs());
      const found = access && (await findStoredReport(series, { ...access, signal }));
      if (!found) {
        return null;
      }
      seen.add(series.seriesInstanceUID, found.version);
      versions.set(series.seriesInstanceUID, found.version);
      const { result, regions, infarct, edited, createdAt } = found;
      return { result, regions, infarct, infarctEdited: edited.infarct, createdAt };
    },
  };
}

interface AskedVersion {
  readonly version?: StoredVersion;
  readonly failure?: StoreFailure;
}

/**
 * The version that the archive holds. Without knowing it, a changed report would not name the one before it.
 */
async function storedVersion(
  managers: OhifManagers,
  { series }: DraftWithImages,
  timeoutMs: number
): Promise<AskedVersion> {
  const access = dicomWebAccess(managers);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return { version: access ? await findStoredVersion(series, { ...access, signal }) : undefined };
  } catch (error) {
    return { failure: storeFailureOf(error, signal.aborted ? 'timeout' : undefined) };
  }
}

/** Pages without a secure context have no clipboard interface; there the older way works. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text);
  }
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  if (!copied) {
    throw new Error('The browser does not let this page copy.');
  }
}

function outcomeOf({ status, seg, sr, failure }: StoreOutcome): StoreNotice {
  if (status === 'complete') {
    return { complete: true, message: translate('store.complete') };
  }
  const reason = failure ? translate(`storeFailure.${failure.code}`) : '';
  const states = { seg: translate(`objectState.${seg}`), sr: translate(`objectState.${sr}`) };
  return { complete: false, message: translate('store.incomplete', { ...states, reason }) };
}
