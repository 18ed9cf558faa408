import type { AspectsResult } from '../../scoring/aspects/aspectsResult';

export type ReportFormat = 'txt' | 'json' | 'csv' | 'png' | 'seg.dcm' | 'sr.dcm';

/** MIME type of each format. */
export const REPORT_MIME_TYPES: Readonly<Record<ReportFormat, string>> = {
  txt: 'text/plain;charset=utf-8',
  json: 'application/json',
  csv: 'text/csv;charset=utf-8',
  png: 'image/png',
  'seg.dcm': 'application/dicom',
  'sr.dcm': 'application/dicom',
};

/** A file name of the moment of computing (UTC) alone: nothing of the patient, the study or the result is in it. */
export function reportFileName(result: Pick<AspectsResult, 'createdAt'>, format: ReportFormat): string {
  const moment = new Date(result.createdAt).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `deep-aspects-${moment}.${format}`;
}
