import type { InstanceAttributes } from './host/instanceAttributes';
import {
  fhirJson,
  findStoredReport,
  findStoredVersion,
  SeenVersions,
  keyImageSteps,
  renderReportText,
  renderSheet,
  REPORT_FORMATS,
  type ReportFormat,
  reportCsv,
  reportFileName,
  reportJson,
  reportLanguage,
  reportSteps,
  type SourceAttributes,
  sourceAttributesOf,
  type StoredVersion,
  type StoreFailure,
  storeFailureOf,
  type StoreOutcome,
  storeReport,
  withoutIdentifiers,
} from '@deep-aspects/aspects/report';
import { percentWithin, type AspectsResult } from '@deep-aspects/aspects/scoring';
import { instanceOfFrame } from '@deep-aspects/aspects/series';
import { siteReportWords } from '../i18n/siteWords';
import { currentLanguage, translate } from '../i18n/translate';
import { dicomWebAccess, hostArchive, loadSeries } from './host/archive';
import { cornerstoneLibraries, type OhifManagers } from './host/managers';
import type { DraftWithImages, ReportPort, StoreNotice } from '../session/reportPort';
import { encodePages, encodeSheetPng, sheetPage } from './encodeSheetPng';
import { loadSheetPdf } from './pdf/loadSheetPdf';
import { saveFile } from './saveFile';
import { sliceName } from './viewports';
import { runInTurns } from '../session/yielding';

/** Longest wait for an answer of the archive to a question or an object, ms; a site may set another. */
const DEFAULT_STORE_TIMEOUT_MS = 60_000;

/** Of storing, percent: while the archive is asked for a version before, and where sending begins and ends. */
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
      const content = await fileContent(input, format, anonymous);
      const { StudyDate: date, AccessionNumber: accession } = sourceOf(input);
      const { studyInstanceUID } = input.series;
      const name = reportFileName(format, anonymous ? undefined : { date, accession, studyInstanceUID });
      saveFile(name, REPORT_FORMATS[format].mimeType, content);
    },

    async store(input, onProgress) {
      const { seriesInstanceUID } = input.series;
      onProgress(ASKING);
      const asked = await storedVersion(input);
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
      const source = sourceOf(input);
      const edited = { infarct: draft.infarctEdited };
      const reportInput = { result: draft.result, series, regions, infarct, source, edited };
      const objects = await runInTurns(reportSteps(reportInput, previous));
      // Many hosts show neither SEG nor SR: a picture is what they show. It names nobody, the object does.
      const page = sheetPage(sheetOf(input, true));
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

  /** The version that the archive holds. Without knowing it, a changed report would not name the one before it. */
  async function storedVersion({ series }: DraftWithImages): Promise<AskedVersion> {
    const access = dicomWebAccess(managers);
    const signal = AbortSignal.timeout(timeoutMs());
    try {
      return { version: access ? await findStoredVersion(series, { ...access, signal }) : undefined };
    } catch (error) {
      return { failure: storeFailureOf(error, signal.aborted ? 'timeout' : undefined) };
    }
  }

  /** The attributes of a slice that was scored: others of the display set may be of another kind. */
  function scoredInstance({ draft, series }: DraftWithImages): InstanceAttributes {
    const { displaySetService } = managers.servicesManager.services;
    const { metaData } = cornerstoneLibraries(managers.extensionManager).cornerstone;
    const imageIds = displaySetService.getDisplaySetByUID(draft.target.displaySetInstanceUID)?.imageIds ?? [];
    const scored = new Set(series.slices.map(({ sopInstanceUID }) => instanceOfFrame(sopInstanceUID)));
    for (const imageId of imageIds) {
      const attributes = (metaData.get('instance', imageId) ?? {}) as InstanceAttributes;
      if (scored.has(String(attributes.SOPInstanceUID))) {
        return attributes;
      }
    }
    return {};
  }

  function sourceOf(input: DraftWithImages): SourceAttributes {
    return sourceAttributesOf(scoredInstance(input));
  }

  async function fileContent(
    input: DraftWithImages,
    format: ReportFormat,
    anonymous: boolean
  ): Promise<Blob | string> {
    switch (format) {
      case 'png':
        return encodeSheetPng(sheetOf(input, anonymous));
      case 'pdf':
        return pdfOf(input, anonymous);
      default:
        return fileText(input, format, anonymous ? undefined : sourceOf(input));
    }
  }

  async function pdfOf(input: DraftWithImages, anonymous: boolean): Promise<Blob> {
    const { sheetPdf } = await loadSheetPdf(options.assetsUrl());
    const { software, createdAt } = input.draft.result;
    const creator = `${software.name} ${software.version}`;
    const pages = await encodePages(sheetOf(input, anonymous));
    return new Blob([new Uint8Array(await sheetPdf(pages, { title: 'ASPECTS', creator, createdAt }))]);
  }

  function sheetOf(input: DraftWithImages, anonymous: boolean) {
    const { draft, series, regions, infarct } = input;
    const { PatientName: name, PatientID: id, StudyDate: date, AccessionNumber } = sourceOf(input);
    return renderSheet({
      result: draft.result,
      series,
      regions,
      infarct,
      edited: { infarct: draft.infarctEdited },
      ...wording(),
      patient: anonymous ? undefined : { name, id },
      study: anonymous ? undefined : { date, accession: AccessionNumber },
      sliceName: uid => sliceName(managers, draft.target, uid),
    });
  }
}

interface AskedVersion {
  readonly version?: StoredVersion;
  readonly failure?: StoreFailure;
}

/** The reader's language, with the words that the site replaces in it. */
function wording() {
  const tag = currentLanguage();
  return { language: reportLanguage(tag), words: siteReportWords(tag) };
}

function textOf(result: AspectsResult, form: 'short' | 'long'): string {
  return renderReportText(result, { form, ...wording() });
}

/** @param source Of the scan; without it the file names neither patient nor study. */
function fileText(
  { draft, series }: DraftWithImages,
  format: Exclude<ReportFormat, 'png' | 'pdf'>,
  source: SourceAttributes | undefined
): string {
  const uids = series.slices.map(slice => slice.sopInstanceUID);
  const result = source ? draft.result : withoutIdentifiers(draft.result, uids);
  switch (format) {
    case 'text':
      return textOf(result, 'long');
    case 'csv':
      return reportCsv(result);
    case 'json':
      return reportJson(result);
    case 'fhir':
      return fhirJson(result, { source, edited: { infarct: draft.infarctEdited } });
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
