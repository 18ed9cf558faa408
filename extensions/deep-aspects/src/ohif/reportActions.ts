import { REPORT_FORMATS, reportFileName } from '@deep-aspects/aspects/report';
import type { ReportPort } from '../session/reportPort';
import type { OhifManagers } from './host/managers';
import { fileContent, sourceOf, textOf } from './reportContent';
import { saveFile } from './saveFile';
import { StoredReports } from './storedReports';

/** Longest wait for an answer of the archive to a question or an object, ms; a site may set another. */
const DEFAULT_STORE_TIMEOUT_MS = 60_000;

/** What the site's configuration says of reports; read when it is needed. */
export interface ReportActionsOptions {
  /** Longest wait for each answer of the archive, ms. */
  readonly storeTimeoutMs: () => number | undefined;
  /** Absolute URL of the plugin's folder, with a trailing slash. */
  readonly assetsUrl: () => string;
}

/** Reports in a running OHIF: the browser's clipboard and downloads, the host's current data source. */
export function createReportActions(
  managers: OhifManagers,
  { storeTimeoutMs, assetsUrl }: ReportActionsOptions
): ReportPort {
  const reports = new StoredReports(managers, () => storeTimeoutMs() ?? DEFAULT_STORE_TIMEOUT_MS);
  return {
    copy: (draft, length) => copyText(textOf(draft.result, draft.infarctEdited, length)),

    async download(input, format, anonymous) {
      const content = await fileContent(managers, input, { format, anonymous, assetsUrl });
      const { StudyDate: date, AccessionNumber: accession } = sourceOf(managers, input);
      const { studyInstanceUID } = input.series;
      const name = reportFileName(format, anonymous ? undefined : { date, accession, studyInstanceUID });
      saveFile(name, REPORT_FORMATS[format].mimeType, content);
    },

    store: (input, onProgress) => reports.store(input, onProgress),
    mayHaveStored: target => reports.mayHaveStored(target),
    findStored: series => reports.findStored(series),
  };
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
