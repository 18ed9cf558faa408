/**
 * A 3-vector in the DICOM patient coordinate system (LPS: +x left, +y posterior, +z head), mm unless
 * said otherwise.
 */
export type Vec3 = readonly [number, number, number];

/** One axial slice in Hounsfield units. */
export interface CtSlice {
  readonly sopInstanceUID: string;
  /** Where it is known: what refers to the slice names it. */
  readonly sopClassUID?: string;
  /** Attenuation in HU, row-major, `rows * columns` long. Pixel padding is stored as -1024. */
  readonly hu: Int16Array;
  /** Centre of the first pixel, mm (DICOM PS3.3 C.7.6.2.1.1, Image Position (Patient)). */
  readonly position: Vec3;
}

/**
 * A head CT series that is fit to be scored: slices in HU, sorted along the slice normal from caudal to
 * cranial. A plain, structured-cloneable value, transferred to the worker.
 */
export interface HeadCtSeries {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly frameOfReferenceUID?: string;
  readonly rows: number;
  readonly columns: number;
  /** Distance between rows, then between columns, mm (DICOM Pixel Spacing). */
  readonly pixelSpacingMm: readonly [number, number];
  /** Unit vector along which the column index grows (first triplet of Image Orientation (Patient)). */
  readonly rowDirection: Vec3;
  /** Unit vector along which the row index grows (second triplet of Image Orientation (Patient)). */
  readonly columnDirection: Vec3;
  /** Unit slice normal that points towards the head; slices are sorted along it. Not always row x column. */
  readonly normal: Vec3;
  /** Slice plane positions along `normal`, mm, strictly ascending; one a slice. */
  readonly planeOffsetsMm: readonly number[];
  /**
   * Thickness of tissue that each slice stands for: half the way to each neighbour plane (paper,
   * equation 1), mm.
   */
  readonly sliceExtentsMm: readonly number[];
  /**
   * Angle between the slice normal and the patient's (or table's) long axis in the sagittal plane, degrees.
   */
  readonly gantryTiltDeg: number;
  readonly slices: readonly CtSlice[];
  /** What was noticed while reading: never a reason to refuse, always shown. */
  readonly warnings: readonly QualityWarning[];
}

/** Warnings that travel with a result (docs/architecture.md: how to add one). */
export const WARNING_CODES = [
  'LOSSY_COMPRESSION',
  'REPEATED_SLICES',
  'NOT_PLAIN_CT',
  'CONTRAST_ENHANCED',
  'SHARP_KERNEL',
  'THICK_SLICES',
  'MISSING_SLICES',
  'PARTIAL_COVERAGE',
  'HEMORRHAGE_SUSPECTED',
  'BOTH_SIDES',
  'ASYMMETRIC_REGIONS',
  'LOW_CONFIDENCE',
  'GPU_FALLBACK',
] as const;

export type WarningCode = (typeof WARNING_CODES)[number];

/** Something that a reader must know before trusting a result; it never prevents a score. */
export interface QualityWarning {
  readonly code: WarningCode;
  /** One English sentence for a reader; the panel may translate by code. */
  readonly message: string;
}
