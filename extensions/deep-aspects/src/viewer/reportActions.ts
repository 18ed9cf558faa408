import {
  encodeSheetPng,
  findStoredReport,
  renderReportText,
  renderSheet,
  REPORT_MIME_TYPES,
  reportCsv,
  reportFileName,
  reportJson,
  reportSteps,
  sourceAttributesOf,
  storeReport,
  withoutIdentifiers,
  type ReportLanguage,
  type StoredVersion,
  type StoreOutcome as ArchiveOutcome,
} from '../report';
import type { AspectsResult } from '../core/aspects/aspectsResult';
import { supportedLanguage, translate } from '../i18n/translate';
import type { ReportFormat } from './aspectsController';
import { dicomWebAccess, hostArchive } from './host/archive';
import type { InstanceAttributes } from './host/cornerstone';
import { cornerstoneLibraries, type OhifManagers } from './host/managers';
import type { ReportInput, ReportPort, StoreOutcome } from './reportPort';
import { saveFile } from './saveFile';
import type { ScoringTarget } from './state';
import { runInTurns } from './yielding';

/** The panel's formats as the report room names its files. */
const FILE_KINDS = { text: 'txt', json: 'json', csv: 'csv', png: 'png' } as const;

/** Reports in a running OHIF: the browser's clipboard and downloads, the host's current data source. */
export function createReportActions(managers: OhifManagers): ReportPort {
  /** What this page has stored itself, by series: an archive may index it late. */
  const versions = new Map<string, StoredVersion>();

  return {
    copy: (draft, length) => copyText(textOf(draft.result, length)),

    async download(input, format, anonymous) {
      const uids = input.series.slices.map(slice => slice.sopInstanceUID);
      const result = anonymous ? withoutIdentifiers(input.draft.result, uids) : input.draft.result;
      const kind = FILE_KINDS[format];
      const content = format === 'png' ? await pictureOf(input, anonymous) : fileText(result, format);
      saveFile(reportFileName(result, kind), REPORT_MIME_TYPES[kind], content);
    },

    async store(input, onProgress) {
      const { seriesInstanceUID } = input.series;
      onProgress(5);
      const previous = (await storedVersion(input)) ?? versions.get(seriesInstanceUID);
      const { draft, series, regions, infarct } = input;
      const source = sourceAttributesOf(firstInstance(draft.target));
      const edited = { infarct: draft.infarctEdited };
      const report = await runInTurns(
        reportSteps({ result: draft.result, series, regions, infarct, source, edited }, previous)
      );
      const outcome = await storeReport(report, hostArchive(managers), {
        onProgress: progress => onProgress(10 + 0.9 * progress.percent),
      });
      if (outcome.status === 'complete') {
        const { studyInstanceUID, seriesInstanceUID: srSeries, sopInstanceUID } = report.sr;
        versions.set(seriesInstanceUID, { studyInstanceUID, seriesInstanceUID: srSeries, sopInstanceUID });
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
      const found = access && (await findStoredReport(series, access));
      if (!found) {
        return null;
      }
      versions.set(series.seriesInstanceUID, found.version);
      const { result, regions, infarct, edited, createdAt } = found;
      return { result, regions, infarct, infarctEdited: edited.infarct, createdAt };
    },
  };

  /** The version that the archive holds; a failure to ask is met again, and told, by storing. */
  async function storedVersion({ series }: ReportInput): Promise<StoredVersion | undefined> {
    const access = dicomWebAccess(managers);
    const found = access && (await findStoredReport(series, access).catch(() => undefined));
    return found?.version;
  }

  function firstInstance(target: ScoringTarget): InstanceAttributes {
    const { displaySetService } = managers.servicesManager.services;
    const imageId = displaySetService.getDisplaySetByUID(target.displaySetInstanceUID)?.imageIds?.[0];
    const { metaData } = cornerstoneLibraries(managers.extensionManager).cornerstone;
    return ((imageId && metaData.get('instance', imageId)) ?? {}) as InstanceAttributes;
  }

  function pictureOf({ draft, series, regions, infarct }: ReportInput, anonymous: boolean): Promise<Blob> {
    const { PatientName: name, PatientID: id } = sourceAttributesOf(firstInstance(draft.target));
    const patient = anonymous ? undefined : { name, id };
    return encodeSheetPng(
      renderSheet({ result: draft.result, series, regions, infarct, language: language(), patient })
    );
  }
}

function language(): ReportLanguage {
  return supportedLanguage() === 'de' ? 'de' : 'en';
}

function textOf(result: AspectsResult, form: 'short' | 'long'): string {
  return renderReportText(result, { form, language: language() });
}

function fileText(result: AspectsResult, format: Exclude<ReportFormat, 'png'>): string {
  if (format === 'text') {
    return textOf(result, 'long');
  }
  return format === 'csv' ? reportCsv(result) : reportJson(result);
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

function outcomeOf({ status, seg, sr, failure }: ArchiveOutcome): StoreOutcome {
  if (status === 'complete') {
    return { complete: true, message: translate('store.complete') };
  }
  const reason = failure ? translate(`storeFailure.${failure.code}`) : '';
  const states = { seg: translate(`objectState.${seg}`), sr: translate(`objectState.${sr}`) };
  return { complete: false, message: translate('store.incomplete', { ...states, reason }) };
}
