import type { NaturalisedDataset } from 'dcmjs';
import type { StoredVersion } from '../../types';
import { MANUFACTURER } from '../modules';
import { SEGMENTATION_STORAGE } from '../seg/segSteps';
import { COMPREHENSIVE_SR_STORAGE } from '../sr/srSteps';
import { firstItem, items, textValue } from './dataset';
import { StoredReportError } from './storedReportError';

/** What a study's metadata tell of a stored report before anything is fetched. */
export interface ReportHeader {
  readonly version: StoredVersion;
  /** Series that was scored. */
  readonly sourceSeriesInstanceUID: string;
  /** SOP Instance UIDs of its instances then; an archive may have more of them now. */
  readonly sourceInstances: readonly string[];
  readonly seg: { readonly seriesInstanceUID: string; readonly sopInstanceUID: string };
  /** `YYYYMMDDHHMMSS`, in the study's time zone: orders versions. */
  readonly createdAt: string;
  readonly verified: boolean;
}

/**
 * Reads the header of one instance, naturalised (DICOMweb metadata as hosts keep them, or a parsed file);
 * undefined where it is not an SR by this software.
 */
export function reportHeaderOf(dataset: NaturalisedDataset): ReportHeader | undefined {
  if (
    textValue(dataset, 'SOPClassUID') !== COMPREHENSIVE_SR_STORAGE ||
    textValue(dataset, 'Manufacturer') !== MANUFACTURER
  ) {
    return undefined;
  }
  const series = items(
    firstItem(dataset, 'CurrentRequestedProcedureEvidenceSequence'),
    'ReferencedSeriesSequence'
  );
  const isSeg = (item: NaturalisedDataset) =>
    textValue(firstItem(item, 'ReferencedSOPSequence'), 'ReferencedSOPClassUID') === SEGMENTATION_STORAGE;
  const seg = series.find(isSeg);
  const source = series.find(item => !isSeg(item));
  if (!seg || !source) {
    return undefined;
  }
  const predecessor = firstItem(
    firstItem(dataset, 'PredecessorDocumentsSequence'),
    'ReferencedSeriesSequence'
  );
  return {
    version: {
      studyInstanceUID: textValue(dataset, 'StudyInstanceUID'),
      seriesInstanceUID: textValue(dataset, 'SeriesInstanceUID'),
      sopInstanceUID: textValue(dataset, 'SOPInstanceUID'),
      predecessorSopInstanceUID:
        textValue(firstItem(predecessor, 'ReferencedSOPSequence'), 'ReferencedSOPInstanceUID') || undefined,
      seriesNumber: Number(textValue(dataset, 'SeriesNumber')) || undefined,
    },
    sourceSeriesInstanceUID: textValue(source, 'SeriesInstanceUID'),
    sourceInstances: items(source, 'ReferencedSOPSequence').map(slice =>
      textValue(slice, 'ReferencedSOPInstanceUID')
    ),
    seg: {
      seriesInstanceUID: textValue(seg, 'SeriesInstanceUID'),
      sopInstanceUID: textValue(firstItem(seg, 'ReferencedSOPSequence'), 'ReferencedSOPInstanceUID'),
    },
    createdAt: `${textValue(dataset, 'ContentDate')}${textValue(dataset, 'ContentTime').slice(0, 6)}`,
    verified: textValue(dataset, 'VerificationFlag') === 'VERIFIED',
  };
}

/**
 * The version to reopen for a series: one that no other names as its predecessor; of several such (two
 * workstations) the newest. Undefined where the series has no stored report. Throws `StoredReportError`
 * (`CIRCULAR`) where every one is named as some other's predecessor.
 */
export function latestReport(
  headers: readonly ReportHeader[],
  seriesInstanceUID: string
): ReportHeader | undefined {
  const ofSeries = headers.filter(header => header.sourceSeriesInstanceUID === seriesInstanceUID);
  const replaced = new Set(ofSeries.map(header => header.version.predecessorSopInstanceUID));
  const heads = ofSeries.filter(header => !replaced.has(header.version.sopInstanceUID));
  if (ofSeries.length > 0 && heads.length === 0) {
    throw new StoredReportError(
      'CIRCULAR',
      `The ${ofSeries.length} stored reports of the series name each other as predecessors, so that none is the latest.`
    );
  }
  return heads.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0];
}
