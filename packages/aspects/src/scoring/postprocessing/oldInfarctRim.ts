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
  const oldLimit = thresholds[OLD] * 255;
  if (!old?.planes.some(plane => plane.some(value => value >= oldLimit))) {
    return null;
  }
  const acuteLimit = thresholds[ACUTE] * 255;
  const either: GridStack = {
    ...acute,
    planes: acute.planes.map((plane, z) => eitherOf(plane, acuteLimit, old.planes[z], oldLimit)),
  };
  const { numbers, components } = connectedComponents(either);
  const acuteMl = new Float64Array(components.length);
  numbers.forEach((plane, z) => {
    const ml = gridVoxelMl(either, z);
    const values = acute.planes[z];
    for (let i = 0; i < plane.length; i++) {
      if (plane[i] >= 0 && values[i] >= acuteLimit) {
        acuteMl[plane[i]] += ml;
      }
    }
  });
  const isRim = components.map(
    ({ volumeMl }, k) => acuteMl[k] > 0 && acuteMl[k] < RIM_AT_MOST * (volumeMl - acuteMl[k])
  );
  return isRim.includes(true)
    ? numbers.map((plane, z) =>
        Uint8Array.from(plane, (number, i) =>
          number >= 0 && isRim[number] && acute.planes[z][i] >= acuteLimit ? 1 : 0
        )
      )
    : null;
}

/** 1 where one of two planes reaches its limit. */
function eitherOf(one: Uint8Array, oneLimit: number, other: Uint8Array, otherLimit: number): Uint8Array {
  const result = new Uint8Array(one.length);
  for (let i = 0; i < one.length; i++) {
    result[i] = one[i] >= oneLimit || other[i] >= otherLimit ? 1 : 0;
  }
  return result;
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
