/**
 * Reports of one `AspectsResult`: text, JSON, CSV, summary image, DICOM SEG and SR, reading these
 * back, storing them.
 */
export { buildReport, reportObstacle, reportSteps } from './dicom/buildReport';
export { buildRefusalNote } from './dicom/automatic/buildRefusalNote';
export { outcomeUid } from './dicom/automatic/outcomeUid';
export { buildKeyImages, keyImageSteps, rgbPage, type RgbPage } from './dicom/keyImages';
export { parseDataSet } from './dicom/read/parseDataSet';
export { parsePart10 } from './dicom/read/parsePart10';
export { readReport } from './dicom/read/readReport';
export { StoredReportError } from './dicom/read/storedReportError';
export { reportHeaderOf } from './dicom/read/reportHeader';
export { segmentColour, segmentOfInfarctClass } from './dicom/seg/segmentColours';
export { segLabel } from './dicom/seg/segmentDescriptions';
export { textDecoder } from './dicom/characterSet';
export {
  type SourceAttributes,
  sourceAttributesOf,
  sourceAttributesOfDataSet,
  sourceAttributesOfPart10,
} from './dicom/sourceAttributes';
export { cssColour, INFARCT_CLASS_COLOURS, READING_COLOURS } from './drawing/readingColours';
export { type Cover, type Frame, type Label, placeLabels } from './drawing/placeLabels';
export { type Point, regionOutlineSteps, type SegmentOutline } from './drawing/regionOutlines';
export {
  LEVEL_SHAPES,
  mirroredX,
  type RegionShape,
  SCHEMATIC_BRAIN,
  SCHEMATIC_HEIGHT,
  SCHEMATIC_WIDTH,
} from './drawing/schematicShapes';
export { reportCsv } from './files/reportCsv';
export { REPORT_FORMATS, type ReportFormat, reportFileName } from './files/reportFileName';
export { fhirJson } from './fhir/fhirObservation';
export { reportJson } from './files/reportJson';
export { withoutIdentifiers } from './files/withoutIdentifiers';
export { drawCaptions, drawSummary, type SummaryContext } from './summary/drawSummary';
export { type SummaryImage, renderSummary } from './summary/renderSummary';
export type { SummaryInput } from './summary/summaryInput';
export { type SummaryPage, summaryPages } from './summary/summaryPages';
export { dicomWebArchive, HttpStatusError } from './store/dicomWebArchive';
export {
  type FindOptions,
  findStoredHeader,
  findStoredReport,
  findStoredVersion,
} from './store/findStoredReport';
export { firstPart, splitMultipart } from './store/multipart';
export type { ReportArchive } from './store/reportArchive';
export { type StoreFailure, storeFailureOf } from './store/storeFailure';
export { SeenVersions } from './store/seenVersions';
export { storeObject, type StoreOutcome, storeReport } from './store/storeReport';
export { describedOutcome, type DescribedOutcome } from './text/describedOutcome';
export { isScoreSuspended, renderReportText } from './text/renderReportText';
export { isChangedByReader } from './text/resultDescription';
export { percentOf, WORTH_ANNOUNCING_ML, WORTH_SAYING_ML } from './text/worthSaying';
export { reportLanguage, type ReportLanguage, type ReportWords } from './text/reportWords';
export type {
  DicomReport,
  ReportInput,
  ReportSeries,
  SerialisedObject,
  StoredReport,
  StoredVersion,
} from './types';
