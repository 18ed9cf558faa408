import { readFileSync, statSync } from 'node:fs';
import { constants } from 'node:zlib';
import { NIFTI2, isNIFTI, readHeader, type NIFTI1 } from 'nifti-reader-js';
import { Refusal } from '@deep-aspects/aspects/series';
import { gunzip, isGzip, type Inflated } from './gunzip';
import { lengthsContradict, voxelToRas, type Affine, type GeometryHeader } from './niftiAffine';

/**
 * A three-dimensional NIfTI image; `values[i + nx * (j + ny * k)]`, scaling (scl_slope,
 * scl_inter) applied once.
 */
export interface NiftiVolume {
  readonly dimensions: readonly [number, number, number];
  /** Voxel index (i, j, k) to patient coordinates, RAS as in NIfTI, mm. */
  readonly affine: Affine;
  readonly values: Float32Array | Int16Array | Uint8Array;
  /** Difference of neighbouring stored values, where they are whole numbers. */
  readonly step?: number;
  /** What is odd about the file, for a warning. */
  readonly remark?: string;
}

/** 1024 x 1024 x 512, and as floating-point numbers. */
const MAX_VOXELS = 2 ** 29;
const MAX_BYTES = 2 ** 31 - 1;
/** Enough of a compressed file for its header. */
const PEEK_BYTES = 4 * 1024;
/** What may follow the voxels. */
const SPARE_BYTES = 1024 * 1024;

export function isNiftiPath(path: string): boolean {
  return /\.nii(\.gz)?$/i.test(path);
}

/**
 * Reads `.nii` and `.nii.gz`, NIfTI-1 and -2, of either byte order.
 * @throws Refusal `CORRUPT_PIXELS`, `MISSING_GEOMETRY` or `INCONSISTENT_SERIES`
 */
export function readNifti(path: string): NiftiVolume {
  return parseNifti(readNiftiFile(path), path);
}

/** @throws Refusal `CORRUPT_PIXELS` for a file larger than any head's */
export function readNiftiFile(path: string): Buffer {
  const { size } = statSync(path);
  if (size > MAX_BYTES) {
    throw new Refusal(
      'CORRUPT_PIXELS',
      `${path} has ${size} bytes, more than any head CT; choose another one.`,
      {
        file: path,
        size,
      }
    );
  }
  return readFileSync(path);
}

export function parseNifti(file: Uint8Array, name: string): NiftiVolume {
  const { bytes, junkBytes } = inflated(file, name);
  const header = headerOf(bytes, name);
  const dimensions = dimensionsOf(header, name);
  const geometry = { ...geometryFields(header), srows: sformRows(bytes, header) };
  const affine = voxelToRas(geometry, name);
  const remarks = [
    ...(junkBytes > 0
      ? [
          `After its compressed data the file has ${junkBytes} bytes that belong to nothing: was it copied whole?`,
        ]
      : []),
    ...(lengthsContradict(geometry)
      ? ['The sform and the voxel sizes (pixdim) contradict each other: volumes are wrong if the sform is.']
      : []),
  ];
  const remark = remarks.join(' ') || undefined;
  const step = FLOATING.includes(header.datatypeCode) ? undefined : slopeOf(header);
  return { dimensions, affine, values: readValues(bytes, header, dimensions, name), step, remark };
}

function headerOf(bytes: Uint8Array<ArrayBuffer>, name: string): NIFTI1 | NIFTI2 {
  const header = isNIFTI(bytes.buffer) ? readHeader(bytes.buffer) : null;
  if (!header) {
    throw new Refusal('CORRUPT_PIXELS', `${name} is not a NIfTI file, despite its name.`, {
      file: name,
    });
  }
  return header as NIFTI1 | NIFTI2;
}

/**
 * One volume, of a size that a head can have: what a header says is checked before memory is taken for it.
 */
function dimensionsOf(header: NIFTI1 | NIFTI2, name: string): readonly [number, number, number] {
  const [rank, nx, ny, nz, ...rest] = header.dims;
  if (rank < 3 || Math.min(nx, ny, nz) < 1 || rest.slice(0, Math.max(0, rank - 3)).some(size => size > 1)) {
    throw new Refusal(
      'INCONSISTENT_SERIES',
      `${name} is not one three-dimensional volume; extract one volume of it.`,
      {
        file: name,
        dimensions: header.dims,
      }
    );
  }
  if (nx * ny * nz > MAX_VOXELS) {
    throw new Refusal(
      'IMPLAUSIBLE_GEOMETRY',
      `${name} declares ${nx} x ${ny} x ${nz} voxels, more than any head CT; choose another one.`,
      { file: name, dimensions: [nx, ny, nz] }
    );
  }
  return [nx, ny, nz];
}

/**
 * The reader library's `affine` holds the sform or the qform by a rule of its own: the sform is read from the
 * header itself.
 */
function sformRows(bytes: Uint8Array<ArrayBuffer>, header: NIFTI1 | NIFTI2): number[] {
  const view = new DataView(bytes.buffer);
  return Array.from({ length: 12 }, (_, index) =>
    header instanceof NIFTI2
      ? view.getFloat64(400 + 8 * index, header.littleEndian)
      : view.getFloat32(280 + 4 * index, header.littleEndian)
  );
}

function geometryFields(header: NIFTI1 | NIFTI2): Omit<GeometryHeader, 'srows'> {
  const { sform_code, qform_code, pixDims, xyzt_units, quatern_b, quatern_c, quatern_d } = header;
  const { qoffset_x, qoffset_y, qoffset_z } = header;
  return {
    ...{ sform_code, qform_code, pixDims, xyzt_units, quatern_b, quatern_c, quatern_d },
    ...{ qoffset_x, qoffset_y, qoffset_z },
  };
}

function inflated(file: Uint8Array, name: string): Inflated {
  if (!isGzip(file)) {
    return { bytes: new Uint8Array(file), junkBytes: 0 };
  }
  const beginning = file.subarray(0, PEEK_BYTES);
  const header = headerOf(gunzip(beginning, name, { finishFlush: constants.Z_SYNC_FLUSH }).bytes, name);
  const [nx, ny, nz] = dimensionsOf(header, name);
  const voxelBytes = readerOf(header, name).width * nx * ny * nz;
  return gunzip(file, name, {
    maxOutputLength: Math.min(MAX_BYTES, firstVoxel(header) + voxelBytes + SPARE_BYTES),
  });
}

type Header = Pick<NIFTI1, 'littleEndian' | 'datatypeCode' | 'vox_offset' | 'scl_slope' | 'scl_inter'>;
type Getter = (view: DataView, offset: number, littleEndian: boolean) => number;

const READERS: Readonly<Record<number, { width: number; get: Getter }>> = {
  2: { width: 1, get: (view, at) => view.getUint8(at) },
  256: { width: 1, get: (view, at) => view.getInt8(at) },
  4: { width: 2, get: (view, at, little) => view.getInt16(at, little) },
  512: { width: 2, get: (view, at, little) => view.getUint16(at, little) },
  8: { width: 4, get: (view, at, little) => view.getInt32(at, little) },
  768: { width: 4, get: (view, at, little) => view.getUint32(at, little) },
  16: { width: 4, get: (view, at, little) => view.getFloat32(at, little) },
  64: { width: 8, get: (view, at, little) => view.getFloat64(at, little) },
};

const FLOATING: readonly number[] = [16, 64];

/** A slope of 0 (or none) means that values are stored as they are (nifti1.h). */
function isScaled({ scl_slope }: Header): boolean {
  return Number.isFinite(scl_slope) && scl_slope !== 0;
}

function slopeOf(header: Header): number {
  return isScaled(header) ? header.scl_slope : 1;
}

/** Header and extension flag of a single file: some programs leave the offset at 0, and mean this. */
const LEAST_OFFSET = { nifti1: 352, nifti2: 544 };

function firstVoxel(header: Header): number {
  const least = header instanceof NIFTI2 ? LEAST_OFFSET.nifti2 : LEAST_OFFSET.nifti1;
  return header.vox_offset >= least ? header.vox_offset : least;
}

function readerOf({ datatypeCode }: Header, name: string): { width: number; get: Getter } {
  const reader = READERS[datatypeCode];
  if (!reader) {
    throw new Refusal(
      'CORRUPT_PIXELS',
      `${name} has data type ${datatypeCode}, which is not a plain number (colours?); choose a volume in HU.`,
      { file: name, datatypeCode }
    );
  }
  return reader;
}

function readValues(
  bytes: Uint8Array<ArrayBuffer>,
  header: Header,
  [nx, ny, nz]: readonly [number, number, number],
  name: string
): NiftiVolume['values'] {
  const reader = readerOf(header, name);
  const count = nx * ny * nz;
  const start = firstVoxel(header);
  if (bytes.length < start + count * reader.width) {
    throw new Refusal('CORRUPT_PIXELS', `${name} is cut short; write it again.`, { file: name });
  }
  const slope = slopeOf(header);
  const intercept = isScaled(header) ? header.scl_inter : 0;
  if (!Number.isFinite(intercept)) {
    throw new Refusal(
      'CORRUPT_PIXELS',
      `${name} has a slope (scl_slope), and an intercept (scl_inter) that is no number; write it again.`,
      { file: name }
    );
  }
  const values = outputArray(header.datatypeCode, count, slope === 1 && intercept === 0);
  const view = new DataView(bytes.buffer);
  for (let index = 0, at = start; index < count; index++, at += reader.width) {
    values[index] = reader.get(view, at, header.littleEndian) * slope + intercept;
  }
  return values;
}

/** The smallest array that holds the values without loss. */
function outputArray(datatypeCode: number, count: number, unscaled: boolean): NiftiVolume['values'] {
  if (unscaled && datatypeCode === 2) {
    return new Uint8Array(count);
  }
  return unscaled && datatypeCode === 4 ? new Int16Array(count) : new Float32Array(count);
}
