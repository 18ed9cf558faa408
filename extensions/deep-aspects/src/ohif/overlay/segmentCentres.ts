import type { CtInstanceMetadata } from '@deep-aspects/aspects/series';
import type { Vec3 } from '@deep-aspects/aspects/series';

/** Where an image plane lies in the patient. */
export interface PlaneGeometry {
  readonly position: Vec3;
  readonly rowDirection: Vec3;
  readonly columnDirection: Vec3;
  /** Distance between rows, then between columns, mm. */
  readonly spacing: readonly [number, number];
  readonly columns: number;
}

/** Undefined where the image does not say where it lies. */
export function planeGeometryOf(metadata: CtInstanceMetadata): PlaneGeometry | undefined {
  const {
    imagePositionPatient: position,
    imageOrientationPatient: o,
    pixelSpacing: spacing,
    columns,
  } = metadata;
  if (!position || !o || !spacing || !columns) {
    return undefined;
  }
  return {
    position,
    rowDirection: [o[0], o[1], o[2]],
    columnDirection: [o[3], o[4], o[5]],
    spacing,
    columns,
  };
}

export interface SegmentCentre {
  /** Column and row, in pixels. */
  x: number;
  y: number;
  pixels: number;
}

/** Centre of mass of each segment in one plane, by segment index. */
export function centresInPlane(plane: Uint8Array, columns: number): Map<number, SegmentCentre> {
  const sums = new Map<number, SegmentCentre>();
  for (let i = 0; i < plane.length; i++) {
    const value = plane[i];
    if (value !== 0) {
      let sum = sums.get(value);
      if (!sum) {
        sums.set(value, (sum = { x: 0, y: 0, pixels: 0 }));
      }
      sum.x += i % columns;
      sum.y += Math.floor(i / columns);
      sum.pixels++;
    }
  }
  sums.forEach(sum => {
    sum.x /= sum.pixels;
    sum.y /= sum.pixels;
  });
  return sums;
}

/** A pixel's place in the patient, mm (DICOM PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1). */
export function patientPoint(geometry: PlaneGeometry, x: number, y: number): [number, number, number] {
  const { position, rowDirection, columnDirection, spacing } = geometry;
  const at = (axis: 0 | 1 | 2) =>
    position[axis] + rowDirection[axis] * spacing[1] * x + columnDirection[axis] * spacing[0] * y;
  return [at(0), at(1), at(2)];
}
