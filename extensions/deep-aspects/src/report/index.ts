/** Reports of one `AspectsResult`: text, JSON, CSV, picture sheet, DICOM SEG and SR, reading these back, storing them. */
export type * from './types';
export { buildReport, reportSteps } from './dicom/buildReport';
export { readReport } from './dicom/read/readReport';
export { parsePart10 } from './dicom/read/parsePart10';
export { latestReport, reportHeaderOf, type ReportHeader } from './dicom/read/reportHeader';
export { StoredReportError, type StoredReportErrorCode } from './dicom/read/storedReportError';
export { buildSeg, SEGMENTATION_STORAGE } from './dicom/seg/buildSeg';
export { INFARCT_SEGMENT, segmentColour } from './dicom/seg/segmentColours';
export {
  SOURCE_ATTRIBUTE_TAGS,
  sourceAttributesOf,
  sourceAttributesOfPart10,
  type SourceAttribute,
  type SourceAttributes,
} from './dicom/sourceAttributes';
export { buildKeyImages, keyImageSteps, SECONDARY_CAPTURE_STORAGE, type RgbPage } from './dicom/keyImages';
export { buildSr, COMPREHENSIVE_SR_STORAGE } from './dicom/sr/buildSr';
export { reportCsv } from './files/reportCsv';
export { REPORT_MIME_TYPES, reportFileName, type ReportFormat } from './files/reportFileName';
export { reportJson } from './files/reportJson';
export { withoutIdentifiers } from './files/withoutIdentifiers';
export { renderReportText, type PatientLabel, type ReportTextOptions } from './text/renderReportText';
export { isChangedByReader, resultDescription } from './text/resultDescription';
export { REPORT_WORDS, type ReportLanguage, type ReportWords } from './text/reportWords';
export { dicomWebArchive, HttpStatusError, type DicomWebOptions } from './store/dicomWebArchive';
export { findStoredReport, findStoredVersion, type FindOptions } from './store/findStoredReport';
export type { InstanceReference, ReportArchive } from './store/reportArchive';
export { storeFailureOf, type StoreFailure, type StoreFailureCode } from './store/storeFailure';
export {
  storeReport,
  type ObjectState,
  type StoreOptions,
  type StoreOutcome,
  type StoreProgress,
} from './store/storeReport';
export { encodeSheetPng } from './sheet/encodeSheet';
export { renderSheet, type PictureSheet } from './sheet/renderSheet';
export type { SheetInput } from './sheet/sheetInput';
