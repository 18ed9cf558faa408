/**
 * The two label maps of a scored series on its native slices: one plane a slice, caudal to cranial,
 * `rows * columns` a plane.
 */
export interface LabelMaps {
  /** Segment indices 0-20 (`segmentIndexOf`). */
  readonly regions: readonly Uint8Array[];
  /** Classes of the infarct map (`INFARCT_CLASS`): 0 none, 1 acute, 2 old, 3 haemorrhage. */
  readonly infarct: readonly Uint8Array[];
}
