import { CELL_MM, type WorkingVolume } from './workingVolume';
import { dilate, erode, largestComponent } from '../../base/cellMasks';

/** Bone, also where a thin plate fills only part of a 2 mm cell. */
const BONE_HU = 150;
/** Brain, CSF, blood and their partial volumes, with the calibration error of a scanner. */
const CONTENT_HU: readonly [number, number] = [-25, 110];
/** Farther away than this no skull encloses anything, mm. */
const REACH_MM = 210;
/** What hangs on the brain by a neck of up to twice this width is no part of it. */
const NECK_CELLS = 2;

/** In-plane steps, x and y, going round. */
const DIRECTIONS: readonly (readonly [number, number])[] = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
];

/** For each cell of each plane the directions with bone (bit k: direction k), within reach. */
export type BoneDirections = readonly Uint8Array[];

export function boneDirections({ planes, width, height }: WorkingVolume): BoneDirections {
  return planes.map(hu => {
    const patterns = new Uint8Array(hu.length);
    DIRECTIONS.forEach((direction, k) => markClosed(patterns, 1 << k, { hu, width, height }, direction));
    return patterns;
  });
}

/**
 * Cells of the intracranial space, one mask a plane: soft tissue and fluid that bone encloses, the largest
 * connected body of it. Enclosure is judged by rays in the plane rather than by filling, so that orbits,
 * foramina and a bone flap that is missing do not drain it.
 *
 * @param openDirections how many of eight directions, side by side, may be without bone: one for a skull with
 *   a small defect or at the edge of the image, three where half of the vault is missing (a hemicraniectomy)
 */
export function intracranialSpace(
  { planes, width, height }: WorkingVolume,
  bone: BoneDirections,
  openDirections: 1 | 3
): Uint8Array[] {
  const isEnclosed = enclosedPatterns(openDirections);
  const candidates = planes.map((plane, z) => enclosedContent(plane, bone[z], isEnclosed));
  const cores = candidates.map(mask => erode(mask, width, height, NECK_CELLS));
  const kept = largestComponent(cores, width);
  return kept.map((core, z) => {
    const space = dilate(core, width, height, NECK_CELLS);
    const candidate = candidates[z];
    for (let i = 0; i < space.length; i++) {
      space[i] &= candidate[i];
    }
    return space;
  });
}

/**
 * Table over the 256 sets of directions with bone (bit k: direction k): 1 where the open ones are few
 * and side by side.
 */
function enclosedPatterns(openDirections: number): Uint8Array {
  const count = DIRECTIONS.length;
  const table = new Uint8Array(2 ** count);
  for (let first = 0; first < count; first++) {
    for (let open = 0; open <= openDirections; open++) {
      const gap = Array.from({ length: open }, (_, k) => 1 << ((first + k) % count));
      table[gap.reduce((pattern, bit) => pattern & ~bit, 2 ** count - 1)] = 1;
    }
  }
  return table;
}

function enclosedContent(hu: Int16Array, bone: Uint8Array, isEnclosed: Uint8Array): Uint8Array {
  const content = new Uint8Array(hu.length);
  for (let i = 0; i < hu.length; i++) {
    content[i] = isEnclosed[bone[i]] && hu[i] >= CONTENT_HU[0] && hu[i] <= CONTENT_HU[1] ? 1 : 0;
  }
  return content;
}

/** Sets the bit in each cell that has bone behind it along (dx, dy), within reach. */
function markClosed(
  patterns: Uint8Array,
  bit: number,
  { hu, width, height }: { readonly hu: Int16Array; readonly width: number; readonly height: number },
  [dx, dy]: readonly [number, number]
): void {
  const reach = Math.round(REACH_MM / (CELL_MM * Math.hypot(dx, dy)));
  const since = new Uint16Array(hu.length);
  for (let row = 0; row < height; row++) {
    const y = dy > 0 ? row : height - 1 - row;
    const hasRowBefore = y - dy >= 0 && y - dy < height;
    for (let step = 0; step < width; step++) {
      const x = dx > 0 ? step : width - 1 - step;
      const i = y * width + x;
      const isInside = hasRowBefore && x - dx >= 0 && x - dx < width;
      const before = isInside ? since[i - dy * width - dx] : reach + 1;
      const farther = before > reach ? before : before + 1;
      since[i] = hu[i] > BONE_HU ? 0 : farther;
      patterns[i] |= before <= reach ? bit : 0;
    }
  }
}
