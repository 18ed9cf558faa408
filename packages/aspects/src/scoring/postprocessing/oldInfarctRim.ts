import { INFARCT_CLASS } from '../aspects/infarctClasses';
import { connectedComponents, gridVoxelMl, type GridStack } from './gridStack';

/** An acute part of less than this much of the old part that it touches is the rim of the old infarct. */
const RIM_AT_MOST = 1 / 2;

const ACUTE = INFARCT_CLASS.acute - 1;
const OLD = INFARCT_CLASS.old - 1;

/**
 * Where acute infarct is only the rim of an old one, which a slice shows in part and therefore no darker than
 * a fresh infarct: 1 in those pixels, by plane; null where there are none. A fresh infarct next to a smaller
 * or like old one stays what it is.
 *
 * @param probabilities 0-255, a stack a class, each pixel at or above the threshold of one class at most
 * @param thresholds 0-1, by class
 */
export function findOldInfarctRim(
  probabilities: readonly GridStack[],
  thresholds: readonly number[]
): Uint8Array[] | null {
  const acute = probabilities[ACUTE];
  const old = probabilities.at(OLD);
  if (!old?.planes.some(plane => plane.some(value => value >= thresholds[OLD] * 255))) {
    return null;
  }
  const isAcute = (z: number, i: number): boolean => acute.planes[z][i] >= thresholds[ACUTE] * 255;
  const either: GridStack = {
    ...acute,
    planes: acute.planes.map((plane, z) =>
      plane.map((_, i) => (isAcute(z, i) || old.planes[z][i] >= thresholds[OLD] * 255 ? 1 : 0))
    ),
  };
  const { numbers, components } = connectedComponents(either);
  const acuteMl = new Float64Array(components.length);
  numbers.forEach((plane, z) => {
    const ml = gridVoxelMl(either, z);
    plane.forEach((number, i) => {
      if (number >= 0 && isAcute(z, i)) {
        acuteMl[number] += ml;
      }
    });
  });
  const isRim = components.map(
    ({ volumeMl }, k) => acuteMl[k] > 0 && acuteMl[k] < RIM_AT_MOST * (volumeMl - acuteMl[k])
  );
  return isRim.includes(true)
    ? numbers.map((plane, z) =>
        Uint8Array.from(plane, (number, i) => (number >= 0 && isRim[number] && isAcute(z, i) ? 1 : 0))
      )
    : null;
}

/**
 * Probabilities in which acute and old infarct have changed places where `rim` is 1; the stacks themselves
 * where it is null.
 */
export function rimAsOld(
  probabilities: readonly GridStack[],
  rim: readonly Uint8Array[] | null
): readonly GridStack[] {
  if (!rim) {
    return probabilities;
  }
  const exchanged = (own: GridStack, other: GridStack): GridStack => ({
    ...own,
    planes: own.planes.map((plane, z) => plane.map((value, i) => (rim[z][i] ? other.planes[z][i] : value))),
  });
  const { [ACUTE]: acute, [OLD]: old } = probabilities;
  return [exchanged(acute, old), exchanged(old, acute), ...probabilities.slice(OLD + 1)];
}
