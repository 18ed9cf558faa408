import type { Bin } from '../scoring/aspects/aspectsResult';
import type { ScorePair } from './agreement';
import { NO_COUNTS, sensitivity, specificity, type Confusion } from './overlap';

/** One row of the paper's tables 3 and 4: one score (or bin) against all others. */
export interface OneAgainstRest<Label> {
  readonly label: Label;
  /** Cases to which the reference gave this label. */
  readonly cases: number;
  /** Share of those that the tested reading gave the same label; null where the reference never gave it. */
  readonly sensitivity: number | null;
  /** Share of all other cases to which the tested reading did not give the label. */
  readonly specificity: number | null;
}

/**
 * For each label, how often the tested reading and the reference agree that a case has it, and
 * that it has not.
 *
 * @param pairs tested reading first, reference second
 */
export function oneAgainstRest<Label>(
  pairs: readonly (readonly [Label, Label])[],
  labels: readonly Label[]
): OneAgainstRest<Label>[] {
  return labels.map(label => {
    const counts = pairs.reduce(
      (sum, [tested, reference]) => count(sum, tested === label, reference === label),
      NO_COUNTS
    );
    return {
      label,
      cases: counts.truePositive + counts.falseNegative,
      sensitivity: sensitivity(counts),
      specificity: specificity(counts),
    };
  });
}

function count(sum: Confusion, tested: boolean, reference: boolean): Confusion {
  return {
    truePositive: sum.truePositive + (tested && reference ? 1 : 0),
    falsePositive: sum.falsePositive + (tested && !reference ? 1 : 0),
    falseNegative: sum.falseNegative + (!tested && reference ? 1 : 0),
    trueNegative: sum.trueNegative + (!tested && !reference ? 1 : 0),
  };
}

export const ALL_SCORES: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
export const ALL_BINS: readonly Bin[] = ['A', 'B', 'C'];

/** `matrix[reference][tested]`: cases with these two scores. */
export function confusionMatrix(pairs: readonly ScorePair[], top = 10): number[][] {
  const matrix = Array.from({ length: top + 1 }, () => new Array<number>(top + 1).fill(0));
  for (const [tested, reference] of pairs) {
    matrix[reference][tested] += 1;
  }
  return matrix;
}
