import type { NaturalisedDataset } from 'dcmjs';
import { frameNumberOf, instanceOfFrame } from '@deep-aspects/aspects/series';

/**
 * Names slices as OHIF does in the corner of a viewport: "I: 18", by Instance Number (PS3.3 C.7.6.1),
 * or by its number in a multi-frame instance. Undefined where that leaves slices without a name or two
 * with the same.
 *
 * @param instances attributes of the series' instances
 * @param slices names of the slices: SOP Instance UIDs, or frames of one
 */
export function sliceNamer(
  instances: readonly NaturalisedDataset[],
  slices: readonly string[]
): ((slice: string) => string) | undefined {
  const numbers = new Map(
    instances.map(({ SOPInstanceUID, InstanceNumber }) => [
      String(SOPInstanceUID),
      parseInt(String(InstanceNumber), 10),
    ])
  );
  const numberOf = (slice: string) => frameNumberOf(slice) ?? numbers.get(instanceOfFrame(slice)) ?? NaN;
  const used = slices.map(numberOf);
  return used.every(Number.isFinite) && new Set(used).size === used.length
    ? slice => `I: ${numberOf(slice)}`
    : undefined;
}
