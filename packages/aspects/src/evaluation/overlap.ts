/**
 * Weighted counts of a binary comparison; the weight of a voxel is its volume, so that uneven slices count
 * as they should.
 */
export interface Confusion {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
  readonly trueNegative: number;
}

export const NO_COUNTS: Confusion = { truePositive: 0, falsePositive: 0, falseNegative: 0, trueNegative: 0 };

export function addCounts(a: Confusion, b: Confusion): Confusion {
  return {
    truePositive: a.truePositive + b.truePositive,
    falsePositive: a.falsePositive + b.falsePositive,
    falseNegative: a.falseNegative + b.falseNegative,
    trueNegative: a.trueNegative + b.trueNegative,
  };
}

/**
 * 2 |A and B| / (|A| + |B|); null where both are empty: there is nothing to agree on, and neither 0
 * nor 1 is right.
 */
export function dice({ truePositive, falsePositive, falseNegative }: Confusion): number | null {
  return ratio(2 * truePositive, 2 * truePositive + falsePositive + falseNegative);
}

/** Found part of what is there; null where nothing is there. */
export function sensitivity({ truePositive, falseNegative }: Confusion): number | null {
  return ratio(truePositive, truePositive + falseNegative);
}

/** Part of what is free that was left free; null where nothing is free. */
export function specificity({ trueNegative, falsePositive }: Confusion): number | null {
  return ratio(trueNegative, trueNegative + falsePositive);
}

/** Part of what was found that is there; null where nothing was found. */
export function precision({ truePositive, falsePositive }: Confusion): number | null {
  return ratio(truePositive, truePositive + falsePositive);
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/**
 * Compares two binary masks plane by plane.
 *
 * @param predicted not 0 is positive, `rows * columns` a plane
 * @param truth as `predicted`
 * @param voxelMl volume of a voxel of each plane, ml
 * @param within counts only these pixels (not 0); all where absent
 * @throws RangeError where the planes do not match
 */
export function compareMasks(
  predicted: readonly Uint8Array[],
  truth: readonly Uint8Array[],
  voxelMl: readonly number[],
  within?: readonly Uint8Array[]
): Confusion {
  if (predicted.length !== truth.length || truth.length !== voxelMl.length) {
    throw new RangeError(
      `${predicted.length} predicted planes, ${truth.length} true ones, ${voxelMl.length} voxel volumes`
    );
  }
  return truth.reduce(
    (sum, plane, index) =>
      addCounts(sum, comparePlane(predicted[index], plane, voxelMl[index], within?.[index])),
    NO_COUNTS
  );
}

function comparePlane(
  predicted: Uint8Array,
  truth: Uint8Array,
  weight: number,
  within?: Uint8Array
): Confusion {
  if (predicted.length !== truth.length) {
    throw new RangeError(`a predicted plane has ${predicted.length} pixels, the true one ${truth.length}`);
  }
  // Index: 1 for predicted, 2 for true.
  const counts = [0, 0, 0, 0];
  for (let pixel = 0; pixel < truth.length; pixel++) {
    if (!within || within[pixel]) {
      counts[(predicted[pixel] ? 1 : 0) + (truth[pixel] ? 2 : 0)] += 1;
    }
  }
  return {
    truePositive: counts[3] * weight,
    falsePositive: counts[1] * weight,
    falseNegative: counts[2] * weight,
    trueNegative: counts[0] * weight,
  };
}

/**
 * Overlap of label maps, class by class.
 *
 * @param classOf class (0 to `classes - 1`) of a label; -1 for one that belongs to none
 * @returns one `Confusion` a class, without true negatives (they are never used for labels)
 */
export function compareLabels(
  predicted: readonly Uint8Array[],
  truth: readonly Uint8Array[],
  voxelMl: readonly number[],
  classes: number,
  classOf: { readonly predicted: (label: number) => number; readonly truth: (label: number) => number }
): Confusion[] {
  const [lookPredicted, lookTruth] = [tabulate(classOf.predicted), tabulate(classOf.truth)];
  const both = new Float64Array(classes);
  const predictedMl = new Float64Array(classes);
  const trueMl = new Float64Array(classes);
  truth.forEach((plane, index) => {
    for (let pixel = 0; pixel < plane.length; pixel++) {
      const p = lookPredicted[predicted[index][pixel]];
      const t = lookTruth[plane[pixel]];
      if (p >= 0) {
        predictedMl[p] += voxelMl[index];
      }
      if (t >= 0) {
        trueMl[t] += voxelMl[index];
        both[t] += p === t ? voxelMl[index] : 0;
      }
    }
  });
  return Array.from(both, (truePositive, id) => ({
    truePositive,
    falsePositive: Math.max(0, predictedMl[id] - truePositive),
    falseNegative: Math.max(0, trueMl[id] - truePositive),
    trueNegative: 0,
  }));
}

function tabulate(classOf: (label: number) => number): Int16Array {
  return Int16Array.from({ length: 256 }, (_, label) => classOf(label));
}
