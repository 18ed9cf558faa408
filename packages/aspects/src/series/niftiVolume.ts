import type { CtInstance } from './ctInstance';
import type { Vec3 } from './headCtSeries';
import { Refusal } from '../base/refusal';
import { length, normalise, scale, vec3 } from './vec3';

/** A scalar volume in HU with a NIfTI affine (voxel indices to RAS+ millimetres). */
export interface VolumeInHu {
  /** Attenuation in HU, first index fastest; NIfTI's own slope and intercept applied. */
  readonly hu: Int16Array | Float32Array;
  readonly dimensions: readonly [number, number, number];
  /** Three rows of four: the upper part of the affine. */
  readonly affine: readonly (readonly number[])[];
  /** Stands for the missing series UID. */
  readonly identifier: string;
  /** Difference of neighbouring stored values, where they are whole numbers. */
  readonly stepHu?: number;
  /** What is odd about the file, for a warning. */
  readonly remark?: string;
}

/** Voxel index steps of a slice: the axes that serve as column, row and slice index. */
type AxisOrder = readonly [column: number, row: number, slice: number];

/**
 * The volume's slices as CT instances, so that a NIfTI is checked and built like a DICOM series. The
 * slice axis is the one nearest to the body's long axis; of the other two the one nearest to left-right
 * gives the columns.
 *
 * @throws Refusal MISSING_GEOMETRY where the affine is missing or degenerate.
 */
export function ctInstancesFromNifti(volume: VolumeInHu): CtInstance[] {
  const axes = [0, 1, 2].map(axis => voxelStep(volume, axis));
  const order = axisOrder(axes);
  const [columnAxis, rowAxis, sliceAxis] = order;
  const strides = [1, volume.dimensions[0], volume.dimensions[0] * volume.dimensions[1]];
  const origin = toLps(vec3(row => volume.affine[row][3]));
  const rowDirection = normalise(axes[columnAxis]);
  const columnDirection = normalise(axes[rowAxis]);
  const columns = volume.dimensions[columnAxis];
  const rows = volume.dimensions[rowAxis];
  return Array.from({ length: volume.dimensions[sliceAxis] }, (_, index) => ({
    sopInstanceUID: `${volume.identifier}.${index + 1}`,
    studyInstanceUID: volume.identifier,
    seriesInstanceUID: volume.identifier,
    modality: 'CT',
    rows,
    columns,
    pixelSpacing: [length(axes[rowAxis]), length(axes[columnAxis])] as const,
    imagePositionPatient: vec3(i => origin[i] + index * axes[sliceAxis][i]),
    imageOrientationPatient: [...rowDirection, ...columnDirection],
    instanceNumber: index + 1,
    // Applied already; for what rounding to such steps does.
    rescaleSlope: volume.stepHu,
    remark: volume.remark,
    readHu: () =>
      cutSlice(
        volume.hu,
        index * strides[sliceAxis],
        { count: rows, stride: strides[rowAxis] },
        { count: columns, stride: strides[columnAxis] }
      ),
  }));
}

/** Millimetres in LPS that one voxel index step along an axis goes. */
function voxelStep(volume: VolumeInHu, axis: number): Vec3 {
  const step = toLps(vec3(row => volume.affine[row]?.[axis]));
  if (!step.every(Number.isFinite) || length(step) < 1e-3) {
    throw new Refusal(
      'MISSING_GEOMETRY',
      'The NIfTI volume has no usable affine (qform or sform). Convert it again.',
      {
        affine: volume.affine,
      }
    );
  }
  return step;
}

/** RAS+ to LPS+. */
function toLps(vector: Vec3): Vec3 {
  const flipped = scale(vector, -1);
  return [flipped[0], flipped[1], vector[2]];
}

function axisOrder(axes: readonly Vec3[]): AxisOrder {
  const along = (axis: number, component: number): number => Math.abs(normalise(axes[axis])[component]);
  const slice = [0, 1, 2].reduce((best, axis) => (along(axis, 2) > along(best, 2) ? axis : best), 0);
  const [a, b] = [0, 1, 2].filter(axis => axis !== slice);
  return along(a, 0) >= along(b, 0) ? [a, b, slice] : [b, a, slice];
}

interface VoxelAxis {
  readonly count: number;
  /** Voxels in memory from one to the next. */
  readonly stride: number;
}

function cutSlice(
  hu: Int16Array | Float32Array,
  start: number,
  rows: VoxelAxis,
  columns: VoxelAxis
): Float32Array {
  const slice = new Float32Array(rows.count * columns.count);
  let i = 0;
  for (let row = 0; row < rows.count; row++) {
    for (let column = 0; column < columns.count; column++) {
      slice[i++] = hu[start + row * rows.stride + column * columns.stride];
    }
  }
  return slice;
}
