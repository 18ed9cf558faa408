/** What a report can be saved as. */
export type ReportFormat = 'text' | 'json' | 'csv' | 'fhir' | 'png' | 'pdf';

/** Ending and MIME type of each format's files. */
export const REPORT_FORMATS: Readonly<
  Record<ReportFormat, { readonly ending: string; readonly mimeType: string }>
> = {
  text: { ending: 'txt', mimeType: 'text/plain;charset=utf-8' },
  json: { ending: 'json', mimeType: 'application/json' },
  csv: { ending: 'csv', mimeType: 'text/csv;charset=utf-8' },
  fhir: { ending: 'fhir.json', mimeType: 'application/fhir+json' },
  png: { ending: 'png', mimeType: 'image/png' },
  pdf: { ending: 'pdf', mimeType: 'application/pdf' },
};

/** The study that a file is of, as DICOM writes its date and accession number. */
export interface NamedStudyFile {
  readonly date?: string;
  readonly accession?: string;
  readonly studyInstanceUID: string;
}

/**
 * `aspects-20260304-ACC9.png`: date of the study and accession number, or the end of the Study Instance UID.
 * Without the study the name has none of these, nor the time of computing, which in an emergency is about
 * that of the study.
 */
export function reportFileName(format: ReportFormat, study?: NamedStudyFile): string {
  const date = /^\d{8}$/.test(study?.date ?? '') ? study?.date : '';
  const name = study && (fileSafe(study.accession ?? '') || fileSafe(study.studyInstanceUID).slice(-12));
  return `${['aspects', date, name].filter(Boolean).join('-')}.${REPORT_FORMATS[format].ending}`;
}

/** Letters and digits of any file system, at most 32; what else there is becomes one dash. */
function fileSafe(text: string): string {
  return text
    .replace(/[^0-9A-Za-z]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 32);
}
