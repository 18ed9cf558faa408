import type { NetworkOutput } from '@deep-aspects/aspects/scoring';

export interface OutputAgreement {
  readonly agrees: boolean;
  /** What was found, for the warning: `99.98 % of the pixels have the same label`. */
  readonly summary: string;
}

/**
 * Rounding moves the border between two labels by a pixel here and there; a wrong operator moves whole areas.
 */
const SAME_LABELS = 0.998;
const MEAN_PROBABILITY_DIFFERENCE = 1;
const LARGE_PROBABILITY_DIFFERENCE = 13;
const LARGE_DIFFERENCE_SHARE = 0.001;

/**
 * Says whether two outputs of one network for one input are the same but for rounding. Label planes must
 * agree in at least 99.8 % of the pixels; probability planes (uint8) by at most 1 on average, and by more
 * than 13 (0.05) in at most 0.1 % of the pixels.
 */
export function compareOutputs(
  reference: Uint8Array,
  tested: Uint8Array,
  encoding: NetworkOutput['encoding']
): OutputAgreement {
  if (reference.length !== tested.length || reference.length === 0) {
    return { agrees: false, summary: `${tested.length} values instead of ${reference.length}` };
  }
  return encoding === 'labels' ? compareLabels(reference, tested) : compareProbabilities(reference, tested);
}

function compareLabels(reference: Uint8Array, tested: Uint8Array): OutputAgreement {
  const same = reference.reduce((count, label, index) => count + (label === tested[index] ? 1 : 0), 0);
  const share = same / reference.length;
  return {
    agrees: share >= SAME_LABELS,
    summary: `${(share * 100).toFixed(2)} % of the pixels have the same label`,
  };
}

function compareProbabilities(reference: Uint8Array, tested: Uint8Array): OutputAgreement {
  let sum = 0;
  let large = 0;
  for (let index = 0; index < reference.length; index++) {
    const difference = Math.abs(reference[index] - tested[index]);
    sum += difference;
    large += difference > LARGE_PROBABILITY_DIFFERENCE ? 1 : 0;
  }
  const mean = sum / reference.length;
  const largeShare = large / reference.length;
  return {
    agrees: mean <= MEAN_PROBABILITY_DIFFERENCE && largeShare <= LARGE_DIFFERENCE_SHARE,
    summary:
      `the probability differs by ${(mean / 255).toFixed(4)} on average ` +
      `and by more than 0.05 in ${(largeShare * 100).toFixed(2)} % of the pixels`,
  };
}
