import type { NIFTI1 } from 'nifti-reader-js';
import { Refusal } from '@deep-aspects/aspects/series';

/** Three rows of four: patient = rows . (i, j, k, 1). */
export type Affine = readonly [AffineRow, AffineRow, AffineRow];
export type AffineRow = readonly [number, number, number, number];

type HeaderFields =
  | 'sform_code'
  | 'qform_code'
  | 'pixDims'
  | 'xyzt_units'
  | 'quatern_b'
  | 'quatern_c'
  | 'quatern_d'
  | 'qoffset_x'
  | 'qoffset_y'
  | 'qoffset_z';

/** The header fields that place a volume, and the three rows of the sform, twelve numbers. */
export type GeometryHeader = Pick<NIFTI1, HeaderFields> & { readonly srows: readonly number[] };

const UNIT_TO_MM: Readonly<Record<number, number>> = { 1: 1000, 2: 1, 3: 0.001 };

/**
 * Voxel index to patient coordinates in NIfTI's own RAS (+x right, +y anterior, +z head), mm. The sform wins
 * where both are usable: only it can hold the shear of a tilted gantry.
 *
 * @throws Refusal `MISSING_GEOMETRY` where neither is usable, or the one's left is the other's right: it
 *   would be a guess.
 */
export function voxelToRas(header: GeometryHeader, name: string): Affine {
  const bySform = header.sform_code > 0 ? usable(sform(header)) : undefined;
  const byQform = header.qform_code > 0 ? usable(qform(header)) : undefined;
  refuseContradiction(bySform, byQform, name);
  const ras = bySform ?? byQform;
  if (!ras) {
    throw new Refusal(
      'MISSING_GEOMETRY',
      `${name} has neither a usable sform nor a qform, so that left and right are unknown; convert it from DICOM again.`,
      { file: name, sformCode: header.sform_code, qformCode: header.qform_code }
    );
  }
  const scale = UNIT_TO_MM[header.xyzt_units & 7] ?? 1;
  return ras.map(row => row.map(value => value * scale)) as unknown as Affine;
}

/** Two statements of one length may differ by this part. */
const AGREEING_PART = 0.06;

/**
 * Whether the axes of the sform have other lengths than the voxel sizes (pixdim) say: one of them is wrong,
 * and volumes with it. For a sheared axis the way along it counts, and the distance of planes.
 */
export function lengthsContradict({ sform_code, srows, pixDims }: GeometryHeader): boolean {
  const rows = sform({ srows });
  const volume = Math.abs(determinant(rows));
  const axes = [0, 1, 2].map(axis => rows.map(row => row[axis]));
  const near = (length: number, size: number): boolean => Math.abs(length / size - 1) <= AGREEING_PART;
  return (
    sform_code > 0 &&
    volume > 1e-9 &&
    axes.some((axis, i) => {
      const [a, b] = [axes[(i + 1) % 3], axes[(i + 2) % 3]];
      const area = Math.hypot(
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0]
      );
      const size = pixDims[i + 1];
      return size > 0 && !near(Math.hypot(...axis), size) && !near(volume / area, size);
    })
  );
}

/** The same in DICOM's LPS: the first two coordinates change sign. */
export function rasToLps([x, y, z]: Affine): Affine {
  const negative = (row: AffineRow) => row.map(value => -value) as unknown as AffineRow;
  return [negative(x), negative(y), z];
}

function sform({ srows }: Pick<GeometryHeader, 'srows'>): Affine {
  return [srows.slice(0, 4), srows.slice(4, 8), srows.slice(8, 12)] as unknown as Affine;
}

/**
 * Method 2 of nifti1.h: rotation by a unit quaternion, voxel sizes, and qfac (pixdim[0]) as the sign of
 * the third axis.
 */
function qform(header: GeometryHeader): Affine {
  const { quatern_b: b, quatern_c: c, quatern_d: d, pixDims } = header;
  const a = Math.sqrt(Math.max(0, 1 - (b * b + c * c + d * d)));
  const rotation = [
    [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
    [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
    [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
  ];
  const sizes = [pixDims[1], pixDims[2], pixDims[3] * (pixDims[0] < 0 ? -1 : 1)];
  const offsets = [header.qoffset_x, header.qoffset_y, header.qoffset_z];
  return rotation.map((row, axis) => [
    row[0] * sizes[0],
    row[1] * sizes[1],
    row[2] * sizes[2],
    offsets[axis],
  ]) as unknown as Affine;
}

/** Undefined where the axes span no volume, as those of an empty sform with a code. */
function usable(affine: Affine): Affine | undefined {
  const value = determinant(affine);
  return Number.isFinite(value) && Math.abs(value) > 1e-9 ? affine : undefined;
}

/** Whether the image was flipped or its header was, nobody can tell. */
function refuseContradiction(bySform: Affine | undefined, byQform: Affine | undefined, name: string): void {
  const [a, b] = [bySform?.[0], byQform?.[0]];
  if (a && b && a[0] * b[0] + a[1] * b[1] + a[2] * b[2] < 0) {
    throw new Refusal(
      'MISSING_GEOMETRY',
      `The sform and the qform of ${name} have left and right the other way round, so that the side is unknown; convert it from DICOM again.`,
      { file: name, sform: bySform, qform: byQform }
    );
  }
}

function determinant([p, q, r]: Affine): number {
  return (
    p[0] * (q[1] * r[2] - q[2] * r[1]) -
    p[1] * (q[0] * r[2] - q[2] * r[0]) +
    p[2] * (q[0] * r[1] - q[1] * r[0])
  );
}

/** Patient coordinates to (fractional) voxel index. */
export function invert(affine: Affine): Affine {
  const [p, q, r] = affine;
  const scale = 1 / determinant(affine);
  const linear = [
    [q[1] * r[2] - q[2] * r[1], p[2] * r[1] - p[1] * r[2], p[1] * q[2] - p[2] * q[1]],
    [q[2] * r[0] - q[0] * r[2], p[0] * r[2] - p[2] * r[0], p[2] * q[0] - p[0] * q[2]],
    [q[0] * r[1] - q[1] * r[0], p[1] * r[0] - p[0] * r[1], p[0] * q[1] - p[1] * q[0]],
  ].map(row => row.map(value => value * scale));
  return linear.map(row => [
    row[0],
    row[1],
    row[2],
    -(row[0] * p[3] + row[1] * q[3] + row[2] * r[3]),
  ]) as unknown as Affine;
}
