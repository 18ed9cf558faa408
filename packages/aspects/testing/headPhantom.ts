import { ASPECTS_REGIONS, type RegionId, type Side } from '../src/scoring/aspects/regions';
import type { CtInstance } from '../src/series/ctInstance';
import type { Vec3 } from '../src/series/headCtSeries';
import { subtract } from '../src/series/vec3';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
const { abs, floor, round, sqrt } = Math;

/**
 * A head of ellipsoids for tests: scalp, skull, brain, ventricles, and the ten regions of both sides
 * painted in HU of their own, so that `fakeAnatomyNetwork` and `fakeInfarctNetwork` can read labels back
 * from what they are fed.
 */

/** HU of the phantom's tissues; region number r (1-10) is `REGION_HU + r`, infarcted `INFARCT_HU + r`. */
export const BRAIN_HU = 34;
export const REGION_HU = 35;
export const INFARCT_HU = 10;
/** Infarct outside the ten regions. */
const OTHER_INFARCT_HU = INFARCT_HU;
const VENTRICLE_HU = 2;
const SKULL_HU = 900;
const SCALP_HU = 60;
const AIR_HU = -1000;

/** Semi-axes of the inner skull, mm: left-right, antero-posterior, cranio-caudal. */
export const INNER_SKULL_MM: Vec3 = [66, 84, 68];
const SKULL_MM = 7;
const SCALP_MM = 5;
/** Border between the levels and their far ends, mm above the head's middle. */
const GANGLIONIC_Z: readonly [number, number] = [-12, 15];
const SUPRAGANGLIONIC_Z: readonly [number, number] = [15, 42];

export interface PhantomOptions {
  /** Rotation of the head in the scanner, degrees: about the long axis, the AP axis, the left-right axis. */
  readonly yawDeg?: number;
  readonly rollDeg?: number;
  readonly pitchDeg?: number;
  /** Position of the head's middle, patient coordinates, mm. */
  readonly middle?: Vec3;
  /**
   * Heights of the slices along the long axis above the head's middle, mm; default every 5 mm from -60 to 60.
   */
  readonly heightsMm?: readonly number[];
  /** Direction of rows and columns before the tilt; default left and posterior. */
  readonly rowDirection?: Vec3;
  readonly columnDirection?: Vec3;
  /** Gantry tilt about the left-right axis, degrees; positions move along the long axis, as scanners do. */
  readonly tiltDeg?: number;
  readonly size?: number;
  readonly pixelSpacingMm?: number;
  /** Infarcted regions. */
  readonly infarcts?: readonly { readonly side: Side; readonly region: RegionId }[];
  /** Further infarct at head coordinates (left, posterior, up from the head's middle, mm). */
  readonly infarctAt?: (point: Vec3) => boolean;
  /** Standard deviation of the noise, HU. */
  readonly noiseHu?: number;
  /** Changes any attenuation: head coordinates and the HU painted so far. */
  readonly paint?: (point: Vec3, hu: number) => number;
}

/** The phantom as DICOM-like instances, in the order of `heightsMm`. */
export function headPhantom(options: PhantomOptions = {}): CtInstance[] {
  const { size = 160, pixelSpacingMm = 1.5, tiltDeg = 0, middle = [0, 0, 0] } = options;
  const heights = options.heightsMm ?? Array.from({ length: 25 }, (_, i) => -60 + 5 * i);
  const tilt = (vector: Vec3): Vec3 => rotateX(vector, tiltDeg);
  const row = tilt(options.rowDirection ?? [1, 0, 0]);
  const column = tilt(options.columnDirection ?? [0, 1, 0]);
  const half = ((size - 1) / 2) * pixelSpacingMm;
  return heights.map((height, index) => {
    const position = [0, 1, 2].map(
      k => middle[k] - half * row[k] - half * column[k] + (k === 2 ? height : 0)
    ) as unknown as Vec3;
    return {
      sopInstanceUID: `1.2.3.${index + 1}`,
      studyInstanceUID: '1.2',
      seriesInstanceUID: '1.2.3',
      sopClassUID: '1.2.840.10008.5.1.4.1.1.2',
      modality: 'CT',
      imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      rows: size,
      columns: size,
      pixelSpacing: [pixelSpacingMm, pixelSpacingMm] as const,
      imagePositionPatient: position,
      imageOrientationPatient: [...row, ...column] as unknown as CtInstance['imageOrientationPatient'],
      gantryDetectorTilt: tiltDeg,
      instanceNumber: index + 1,
      readHu: () => paintSlice({ position, row, column, size, pixelSpacingMm, seed: index }, options),
    };
  });
}

/** A slice to be painted: patient coordinates of its first pixel, directions of rows and columns. */
interface SlicePlan {
  readonly position: Vec3;
  readonly row: Vec3;
  readonly column: Vec3;
  readonly size: number;
  readonly pixelSpacingMm: number;
  /** Of the noise. */
  readonly seed: number;
}

function paintSlice(slice: SlicePlan, options: PhantomOptions): Int16Array {
  const { position, row, column, size, pixelSpacingMm, seed } = slice;
  const toHead = headRotation(options);
  const [origin, perColumn, perRow] = [
    toHead(subtract(position, options.middle ?? [0, 0, 0])),
    toHead(row),
    toHead(column),
  ];
  const infarcted = new Set((options.infarcts ?? []).map(({ side, region }) => `${side}/${region}`));
  const noise = (options.noiseHu ?? 0) * sqrt(12);
  const hu = new Int16Array(size * size);
  const point: [number, number, number] = [0, 0, 0];
  let random = seed * 7919 + 1;
  for (let i = 0; i < hu.length; i++) {
    const [x, y] = [(i % size) * pixelSpacingMm, floor(i / size) * pixelSpacingMm];
    for (let k = 0; k < 3; k++) {
      point[k] = origin[k] + x * perColumn[k] + y * perRow[k];
    }
    const painted = huAt(point, infarcted, options.infarctAt);
    random = (random * 48271) % 2147483647;
    hu[i] = round((options.paint?.(point, painted) ?? painted) + noise * (random / 2147483647 - 0.5));
  }
  return hu;
}

function huAt(point: Vec3, infarcted: ReadonlySet<string>, infarctAt?: (point: Vec3) => boolean): number {
  if (radius(point, 0) > 1) {
    return radius(point, SKULL_MM) <= 1
      ? SKULL_HU
      : radius(point, SKULL_MM + SCALP_MM) <= 1
        ? SCALP_HU
        : AIR_HU;
  }
  const region = regionAt(point);
  const lesion = infarctAt?.(point) ?? false;
  if (region) {
    const side = point[0] > 0 ? 'left' : 'right';
    const number = ASPECTS_REGIONS.findIndex(({ id }) => id === region) + 1;
    return (lesion || infarcted.has(`${side}/${region}`) ? INFARCT_HU : REGION_HU) + number;
  }
  return inVentricle(point) ? VENTRICLE_HU : lesion ? OTHER_INFARCT_HU : BRAIN_HU;
}

/** Normalised distance from the head's middle: 1 on the inner skull grown by `grownMm`. */
function radius(point: Vec3, grownMm: number): number {
  const [x, y, z] = point;
  const [a, b, c] = INNER_SKULL_MM;
  return sqrt((x / (a + grownMm)) ** 2 + (y / (b + grownMm)) ** 2 + (z / (c + grownMm)) ** 2);
}

function inVentricle([x, y, z]: Vec3): boolean {
  return Math.hypot((abs(x) - 6) / 5, (y + 2) / 26, (z - 12) / 12) < 1;
}

/** The region at head coordinates (left, posterior, up from the head's middle, mm); undefined outside all. */
function regionAt([x, y, z]: Vec3): RegionId | undefined {
  const across = abs(x);
  if (z >= GANGLIONIC_Z[0] && z < GANGLIONIC_Z[1]) {
    const deep = deepRegionAt(across, y);
    return deep ?? cortexAt(across, y, z, ['M1', 'M2', 'M3']);
  }
  return z >= SUPRAGANGLIONIC_Z[0] && z < SUPRAGANGLIONIC_Z[1]
    ? cortexAt(across, y, z, ['M4', 'M5', 'M6'])
    : undefined;
}

function deepRegionAt(across: number, y: number): RegionId | undefined {
  if (Math.hypot((across - 15) / 5, (y + 32) / 8) < 1) {
    return 'C';
  }
  if (abs(across - 16) <= 3 && abs(y + 5) < 16) {
    return 'IC';
  }
  if (abs(across - 26) <= 6 && abs(y + 4) < 14) {
    return 'L';
  }
  return abs(across - 38) <= 3 && abs(y + 2) < 18 ? 'I' : undefined;
}

function cortexAt(
  across: number,
  y: number,
  z: number,
  sectors: readonly [RegionId, RegionId, RegionId]
): RegionId | undefined {
  const depth = radius([across, y, z], 0);
  if (depth < 0.7 || depth > 0.96 || across < 18 || y > 52) {
    return undefined;
  }
  return y < -25 ? sectors[0] : y < 15 ? sectors[1] : sectors[2];
}

/** Patient to head directions: undoes yaw, roll and pitch. */
function headRotation({ yawDeg = 0, rollDeg = 0, pitchDeg = 0 }: PhantomOptions): (vector: Vec3) => Vec3 {
  return vector => rotateX(rotateY(rotateZ(vector, -yawDeg), -rollDeg), -pitchDeg);
}

function rotateX([x, y, z]: Vec3, degrees: number): Vec3 {
  const [c, s] = cosSin(degrees);
  return [x, c * y - s * z, s * y + c * z];
}

function rotateY([x, y, z]: Vec3, degrees: number): Vec3 {
  const [c, s] = cosSin(degrees);
  return [c * x + s * z, y, -s * x + c * z];
}

function rotateZ([x, y, z]: Vec3, degrees: number): Vec3 {
  const [c, s] = cosSin(degrees);
  return [c * x - s * y, s * x + c * y, z];
}

function cosSin(degrees: number): [number, number] {
  return [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
}
