import {
  reportCsv,
  reportFileName,
  reportJson,
  renderReportText,
  withoutIdentifiers,
  REPORT_MIME_TYPES,
} from '../report';
import { supportedLanguage } from '../i18n/translate';
import type { AspectsResult } from '../core/aspects/aspectsResult';
import type { ReportFormat } from './aspectsController';
import type { OhifManagers } from './host/managers';
import type { ReportInput, ReportPort } from './reportPort';
import { saveFile } from './saveFile';

/** Report forms of the panel in the report room's own file kinds. */
const FILE_KINDS = { text: 'txt', json: 'json', csv: 'csv', png: 'png' } as const;

/** Report actions in a browser, with the host's data source for storing. */
export function createReportActions(_managers: OhifManagers): ReportPort {
  const language = () => (supportedLanguage() === 'de' ? 'de' : 'en');
  const text = (result: AspectsResult, form: 'short' | 'long') =>
    renderReportText(result, { form, language: language() });

  return {
    copy: (draft, length) => navigator.clipboard.writeText(text(draft.result, length)),
    async download(input, format, anonymous) {
      const result = anonymous
        ? withoutIdentifiers(
            input.draft.result,
            input.series.slices.map(s => s.sopInstanceUID)
          )
        : input.draft.result;
      const kind = FILE_KINDS[format];
      saveFile(reportFileName(result, kind), REPORT_MIME_TYPES[kind], fileContent(result, input, format));
    },
    async store() {
      throw new Error('Storing is not available.');
    },
  };

  function fileContent(result: AspectsResult, _input: ReportInput, format: ReportFormat): string {
    if (format === 'text') {
      return text(result, 'long');
    }
    return format === 'csv' ? reportCsv(result) : reportJson(result);
  }
}
