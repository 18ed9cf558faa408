import { affineX, affineY, invertAffine } from '../../base/affine2';
import type { HeadCtSeries, QualityWarning } from '../../series/headCtSeries';
import { pixelToPlane } from '../../series/sliceGeometry';
import { INFARCT_CLASS } from '../aspects/infarctClasses';
import { erode } from '../../base/cellMasks';
import type { BrainSpace } from '../preprocessing/findBrain';
import { frameMiddle, type HeadFrame } from '../preprocessing/headFrame';
import { CELL_MM } from '../preprocessing/workingVolume';

// Bound once for the loops over cells: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
const { abs, cos, floor, max, min, round, sin } = Math;

/** Fluid lies at least this far below the brain's median, HU: early infarct and oedema do not. */
const BELOW_MEDIAN_HU = 16;
/** Ventricles lie this deep below the skull, and this near to the middle, mm. */
const DEEP_CELLS = 10;
const NEAR_MIDDLE_MM = 32;
/** Only planes of the vault have ventricles; sinuses and cisterns lie below. */
const VAULT_SHARE = 0.6;
/**
 * Skull on either side is looked for lateral to the middle third of the head, mm before and
 * behind the middle.
 */
const BESIDE_MM = 30;

/**
 * The smallest sign of pushing that is told, mm and parts. Of 60 synthetic heads with and without infarct,
 * atrophic ones among them, the fluid of one with change lay at most 3.2 mm on the other side, of one without
 * 5.2 mm off the middle (parts of 0.57).
 */
const LEAST_SHIFT_MM = 5;
const MOST_FLUID_PART = 0.5;
/** Smaller areas push nothing, ml. */
const LEAST_CHANGE_ML = 20;
/**
 * White matter lies some 5 HU below the brain's median, with oedema 10 or more; means over 10 mm, since a
 * cell's noise is as large.
 */
const OEDEMA_HU = 9;
const SMOOTH_CELLS = 2;

/**
 * Whether early change, or dark brain that no network drew, pushes the ventricles away: more than a fresh
 * infarct does in its first hours. A tumour with oedema, an abscess and contused brain look like infarct to
 * the networks, or like nothing. A ventricle that is wide next to an old defect, or by itself, lies on the
 * side of the change, or there is none.
 */
export function massEffectWarning({
  fluidMl,
  changeMl,
  darkMl,
  shiftMm,
}: FluidSpaces): QualityWarning | undefined {
  const [side, other] = shiftMm < 0 ? (['left', 'right'] as const) : (['right', 'left'] as const);
  const isPushed = abs(shiftMm) >= LEAST_SHIFT_MM && fluidMl[side] <= MOST_FLUID_PART * fluidMl[other];
  const pushes = (ml: FluidSpaces['changeMl']): boolean => ml[side] >= max(LEAST_CHANGE_ML, 2 * ml[other]);
  if (!isPushed || !(pushes(changeMl) || pushes(darkMl))) {
    return undefined;
  }
  const what = pushes(changeMl)
    ? `${changeMl[side].toFixed(0)} ml of change`
    : `${darkMl[side].toFixed(0)} ml of dark brain (oedema?)`;
  return {
    code: 'LOW_CONFIDENCE',
    message:
      `The ventricles lie ${abs(shiftMm).toFixed(0)} mm towards the ${other}, away from ${what} on ` +
      `the ${side}, where they are narrow: a mass effect. Exclude a tumour, abscess or injury before using the score.`,
  };
}

/** The fluid-filled spaces near the middle of the brain, and the early change, in ml by side. */
export interface FluidSpaces {
  readonly fluidMl: { readonly left: number; readonly right: number };
  readonly changeMl: { readonly left: number; readonly right: number };
  /** Deep brain as dark as oedema, whatever the networks found there. */
  readonly darkMl: { readonly left: number; readonly right: number };
  /**
   * Centre of the fluid from the middle between the skull's sides, mm; positive towards the patient's left.
   */
  readonly shiftMm: number;
}

/**
 * Measures the ventricles against the skull.
 *
 * @param infarct classes of `INFARCT_CLASS`, one plane a native slice: what they cover is no ventricle
 */
export function measureFluidSpaces(
  series: HeadCtSeries,
  { volume, masks, areasCm2, evidence }: BrainSpace,
  frame: HeadFrame,
  infarct: readonly Uint8Array[]
): FluidSpaces {
  const { width, height, left0, posterior0 } = volume;
  const [c, s] = [cos(frame.angleRad), sin(frame.angleRad)];
  const ceiling = evidence.medianHu - BELOW_MEDIAN_HU;
  const largest = max(...areasCm2);
  const fluidMl = { left: 0, right: 0 };
  const changeMl = { left: 0, right: 0 };
  const darkMl = { left: 0, right: 0 };
  let moment = 0;
  volume.planeOfSlice.forEach((z, slice) => {
    if (areasCm2[z] < VAULT_SHARE * largest) {
      return;
    }
    const map = invertAffine(pixelToPlane(series, slice));
    const middle = frameMiddle(frame, series.planeOffsetsMm[slice]);
    const ml = (CELL_MM * CELL_MM * series.sliceExtentsMm[slice]) / 1000;
    const deep = erode(masks[z], width, height, DEEP_CELLS);
    let [right, left] = [0, 0];
    const fluid: number[] = [];
    masks[z].forEach((set, i) => {
      if (!set) {
        return;
      }
      const x = left0 + CELL_MM * (i % width);
      const y = posterior0 + CELL_MM * floor(i / width);
      const across = x * c + y * s - middle.across;
      if (abs(-x * s + y * c - middle.along) < BESIDE_MM) {
        [right, left] = [min(right, across), max(left, across)];
      }
      const [column, row] = [round(affineX(map, x, y)), round(affineY(map, x, y))];
      const found = infarct[slice][row * series.columns + column];
      if (deep[i] && isDark(volume.planes[z], i, width, evidence.medianHu)) {
        darkMl[across > 0 ? 'left' : 'right'] += ml;
      }
      if (found === INFARCT_CLASS.acute) {
        changeMl[across > 0 ? 'left' : 'right'] += ml;
      } else if (!found && deep[i] && volume.planes[z][i] <= ceiling && abs(across) <= NEAR_MIDDLE_MM) {
        fluid.push(across);
      }
    });
    for (const across of fluid) {
      const fromMiddle = across - (left + right) / 2;
      fluidMl[fromMiddle > 0 ? 'left' : 'right'] += ml;
      moment += ml * fromMiddle;
    }
  });
  const total = fluidMl.left + fluidMl.right;
  return { fluidMl, changeMl, darkMl, shiftMm: total > 0 ? moment / total : 0 };
}

/**
 * Whether brain about a cell is as dark as oedema on average; with fluid among it, it is the edge
 * of a ventricle.
 */
function isDark(hu: ArrayLike<number>, cell: number, width: number, medianHu: number): boolean {
  let [sum, count] = [0, 0];
  for (let y = -SMOOTH_CELLS; y <= SMOOTH_CELLS; y++) {
    for (let x = -SMOOTH_CELLS; x <= SMOOTH_CELLS; x++) {
      const value = hu[cell + y * width + x];
      sum += value;
      count++;
    }
  }
  const mean = sum / count;
  return mean <= medianHu - OEDEMA_HU && mean > medianHu - BELOW_MEDIAN_HU;
}
