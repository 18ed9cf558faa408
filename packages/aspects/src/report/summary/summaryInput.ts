import type { LabelMaps } from '../../base/labelMaps';
import type { AspectsResult } from '../../scoring/aspects/aspectsResult';
import type { HeadCtSeries } from '../../series/headCtSeries';
import type { PatientLabel } from '../text/renderReportText';
import type { ReportLanguage, ReportWords } from '../text/reportWords';

/** What a summary image shows. */
export interface SummaryInput extends LabelMaps {
  readonly result: AspectsResult;
  /** With its HU values: throws RangeError where they were handed to a worker. */
  readonly series: HeadCtSeries;
  readonly language: ReportLanguage;
  readonly words?: Partial<ReportWords>;
  /** Leave out for a summary without identifiers. */
  readonly patient?: PatientLabel;
  /** Whether a reader changed the infarct mask by hand. */
  readonly edited?: { readonly infarct?: boolean };
  /** Of the scan, as DICOM writes them; left out with the patient. */
  readonly study?: { readonly date?: string; readonly accession?: string };
  /** What the viewer calls a slice, so that it has one name; without it slices are counted from caudal. */
  readonly sliceName?: (sopInstanceUID: string) => string;
}
