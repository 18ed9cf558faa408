import type { LabelMaps } from '../base/labelMaps';
import type { AspectsResult } from '../scoring/aspects/aspectsResult';
import type { CtSlice, HeadCtSeries } from '../series/headCtSeries';
import type { SourceAttributes } from './dicom/sourceAttributes';

/**
 * The part of a series that report objects need: its geometry and the identities of its slices. Every
 * `HeadCtSeries` is one.
 */
export type ReportSeries = Pick<
  HeadCtSeries,
  | 'studyInstanceUID'
  | 'seriesInstanceUID'
  | 'frameOfReferenceUID'
  | 'rows'
  | 'columns'
  | 'pixelSpacingMm'
  | 'rowDirection'
  | 'columnDirection'
  | 'planeOffsetsMm'
  | 'gantryTiltDeg'
> & {
  /** In the order of the label planes: caudal to cranial. */
  readonly slices: readonly Pick<CtSlice, 'sopInstanceUID' | 'sopClassUID' | 'position'>[];
};

/** The person who read the study, and whether they take responsibility for the report. */
export interface ReportReader {
  readonly name: string;
  readonly organisation?: string;
  /** ISO 8601; set when the reader verified the report. */
  readonly verifiedAt?: string;
}

/** Everything that a DICOM report is made from. */
export interface ReportInput extends LabelMaps {
  readonly result: AspectsResult;
  readonly series: ReportSeries;
  readonly source: SourceAttributes;
  /** True where a reader changed the mask itself (brush, eraser): the segment is then semi-automatic. */
  readonly edited?: { readonly regions?: boolean; readonly infarct?: boolean };
  readonly reader?: ReportReader;
}

/** A serialised DICOM object. */
export interface SerialisedObject {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  /** Part 10 file, Explicit VR Little Endian: what STOW-RS sends and a file holds. */
  readonly part10: ArrayBuffer;
}

/** One object of a report: segmentation, structured report or secondary capture. */
export interface DicomObject extends SerialisedObject {
  readonly kind: 'SEG' | 'SR' | 'SC';
}

/** A stored SR: what a changed report names as its predecessor. */
export interface StoredVersion {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  /** SOP Instance UID of the version before, when there is one. */
  readonly predecessorSopInstanceUID?: string;
  /** Grows from version to version; undefined where an archive dropped it. */
  readonly seriesNumber?: number;
}

/**
 * SEG and SR of one result. `unchanged` is true where `previous` already holds the same content under
 * the same UIDs.
 */
export interface DicomReport {
  readonly seg: DicomObject;
  readonly sr: DicomObject & Pick<StoredVersion, 'predecessorSopInstanceUID' | 'seriesNumber'>;
  /** Pictures of the result, where some were made. */
  readonly keyImages?: readonly DicomObject[];
  readonly unchanged: boolean;
}

/** What is read back from a stored SEG and SR. */
export interface StoredReport extends LabelMaps {
  readonly result: AspectsResult;
  readonly version: StoredVersion;
  readonly segSopInstanceUID: string;
  /**
   * How many slices of the series were not there yet when it was made; a warning of the result says so, too.
   */
  readonly missedSlices: number;
  readonly edited: { readonly regions: boolean; readonly infarct: boolean };
  readonly reader?: ReportReader;
  readonly verified: boolean;
  /** ISO 8601: when the stored result was made. */
  readonly createdAt: string;
  /**
   * `complete`: value for value. `coded`: the private block was stripped on the way, runtime
   * details are missing.
   */
  readonly fidelity: 'complete' | 'coded';
}
