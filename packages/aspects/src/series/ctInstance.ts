import type { Vec3 } from './headCtSeries';

/**
 * What is known of one DICOM instance without its pixels: the attributes of the General, Image Plane and CT
 * Image modules that decide whether and how a series can be scored. Whoever reads DICOM (a host viewer, a
 * command line, a NIfTI reader) fills it; absent attributes stay undefined, never guessed.
 */
export interface CtInstanceMetadata {
  readonly sopInstanceUID: string;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopClassUID?: string;
  /** (0010,0020): only to tell whether a series is of one patient. */
  readonly patientID?: string;
  /** (0008,0060), e.g. `CT`. */
  readonly modality?: string;
  /** (0008,0008), its values in order, e.g. `['ORIGINAL', 'PRIMARY', 'AXIAL']`. */
  readonly imageType?: readonly string[];
  /** (0008,103E); Protocol Name (0018,1030) where that is empty. */
  readonly seriesDescription?: string;
  readonly seriesNumber?: number;
  /** (0018,1210); several values joined by a space. */
  readonly convolutionKernel?: string;
  /** (0018,0010). */
  readonly contrastBolusAgent?: string;
  /** (0018,0015). */
  readonly bodyPartExamined?: string;
  readonly rows?: number;
  readonly columns?: number;
  /** (0028,0030): distance between rows, then between columns, mm. */
  readonly pixelSpacing?: readonly [number, number];
  /** (0020,0032), mm. */
  readonly imagePositionPatient?: Vec3;
  /** (0020,0037): row direction, then column direction. */
  readonly imageOrientationPatient?: readonly [number, number, number, number, number, number];
  /** (0018,5100), e.g. `HFS`. Informative: positions and orientations are the patient's already. */
  readonly patientPosition?: string;
  /** (0018,1120), degrees. */
  readonly gantryDetectorTilt?: number;
  /** (0018,0050), mm. */
  readonly sliceThickness?: number;
  /** (0018,0088), (0020,1041): what the positions should say, too; mm. */
  readonly spacingBetweenSlices?: number;
  readonly sliceLocation?: number;
  /** (0018,1100) and (0018,1164): what Pixel Spacing should say, too; mm. */
  readonly reconstructionDiameter?: number;
  readonly imagerPixelSpacing?: readonly [number, number];
  readonly photometricInterpretation?: string;
  /** (0028,0002); 3 marks a colour screen capture. */
  readonly samplesPerPixel?: number;
  readonly frameOfReferenceUID?: string;
  readonly instanceNumber?: number;
  readonly acquisitionNumber?: number;
  /** (0008,0032) or (0008,002A), as in DICOM. */
  readonly acquisitionTime?: string;
  /** (0008,0022), YYYYMMDD. */
  readonly acquisitionDate?: string;
  /** (0008,3010). */
  readonly irradiationEventUID?: string;
  /** (0018,0060), kV. */
  readonly kvp?: number;
  /** (0018,1130), mm. */
  readonly tableHeight?: number;
  /**
   * (0028,1053) and (0028,1052); undefined where absent, not-a-number where there is something else
   * than a number.
   */
  readonly rescaleSlope?: number;
  readonly rescaleIntercept?: number;
  /** (0028,1054), e.g. `HU`. */
  readonly rescaleType?: string;
  /** (0028,2110) is 01, or the transfer syntax loses. */
  readonly isLossy?: boolean;
  /** What its reader found odd about the file, as a sentence. */
  readonly remark?: string;
}

/** One DICOM instance with a way to its pixels. */
export interface CtInstance extends CtInstanceMetadata {
  /**
   * Attenuation in HU, row-major, `rows * columns` long, rescale applied exactly once (see
   * `storedValuesToHu`). Called at most once, and only after the metadata were found fit. The array is
   * the caller's: whole values are kept where they are, for a copy of each slice doubles a thin series.
   */
  readHu(): Int16Array | Float32Array;
}

/** Stands for a contrast agent that was given but is not named (see `unnamedAgent`). */
export const UNNAMED_AGENT = 'agent without a name';

/**
 * Contrast was given where an amount stands, whatever it was.
 * @param amounts volume (0018,1041), total dose (0018,1044), flow rate (0018,1046) of the agent
 */
export function unnamedAgent(...amounts: readonly (number | undefined)[]): string | undefined {
  return amounts.some(amount => (amount ?? 0) > 0) ? UNNAMED_AGENT : undefined;
}

/**
 * Images that were compressed with loss keep their ratio (0028,2112), also where (0028,2110) is forgotten.
 */
export function isLossyRatio(ratio: number | undefined): boolean {
  return (ratio ?? 0) > 1;
}
