/** Reports of one `AspectsResult`: text, JSON, CSV, picture sheet, DICOM SEG and SR, reading these back, storing them. */
export { buildReport, reportSteps } from './dicom/buildReport';
export { buildKeyImages, keyImageSteps, SECONDARY_CAPTURE_STORAGE, type RgbPage } from './dicom/keyImages';
export { parsePart10 } from './dicom/read/parsePart10';
export { readReport } from './dicom/read/readReport';
export { reportHeaderOf } from './dicom/read/reportHeader';
export { INFARCT_SEGMENT, segmentColour, segmentOfInfarctClass } from './dicom/seg/segmentColours';
export { segLabel } from './dicom/seg/segmentDescriptions';
export { part10Of } from './dicom/serialise';
export {
  SOURCE_ATTRIBUTE_TAGS,
  type SourceAttribute,
  type SourceAttributes,
  sourceAttributesOf,
  sourceAttributesOfPart10,
} from './dicom/sourceAttributes';
export { reportCsv } from './files/reportCsv';
export { REPORT_MIME_TYPES, reportFileName } from './files/reportFileName';
export { reportJson } from './files/reportJson';
export { withoutIdentifiers } from './files/withoutIdentifiers';
export { type PictureSheet, renderSheet } from './sheet/renderSheet';
export { dicomWebArchive } from './store/dicomWebArchive';
export { type FindOptions, findStoredReport, findStoredVersion } from './store/findStoredReport';
export type { ReportArchive } from './store/reportArchive';
export { type StoreFailure, storeFailureOf } from './store/storeFailure';
export { type StoreOutcome, storeReport } from './store/storeReport';
export { renderReportText } from './text/renderReportText';
export { isChangedByReader, resultDescription } from './text/resultDescription';
export type { ReportLanguage } from './text/reportWords';
export type { DicomReport, ReportInput, ReportSeries, StoredVersion } from './types';
