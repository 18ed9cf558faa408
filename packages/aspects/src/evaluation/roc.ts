/**
 * One region of one case: how much of it the model finds infarcted, and whether the reference
 * calls it affected.
 */
export interface RegionObservation {
  /** Infarcted fraction of the region, 0-1. */
  readonly fraction: number;
  readonly affected: boolean;
}

export interface RocPoint {
  /** A region counts as affected from this fraction on. */
  readonly threshold: number;
  readonly sensitivity: number;
  readonly specificity: number;
}

/** Receiver operating characteristic of the infarcted fraction of a region, 0-1. */
export interface RocCurve {
  /** From the highest threshold (nothing affected) down to 0 (everything). */
  readonly points: readonly RocPoint[];
  /**
   * Area under the curve: the chance that an affected region shows a larger fraction than a free
   * one, ties half.
   */
  readonly area: number;
  /** Threshold with the greatest sensitivity + specificity (Youden); the lowest such above 0 where any is. */
  readonly best: RocPoint;
}

/** ROC of the overlap threshold over regions; null where all or none are affected. */
export function overlapRoc(observations: readonly RegionObservation[]): RocCurve | null {
  const affected = observations.filter(observation => observation.affected).length;
  const free = observations.length - affected;
  if (affected === 0 || free === 0) {
    return null;
  }
  const descending = [...observations].sort((a, b) => b.fraction - a.fraction);
  const points: RocPoint[] = [{ threshold: Infinity, sensitivity: 0, specificity: 1 }];
  let [found, wrong] = [0, 0];
  descending.forEach((observation, index) => {
    found += observation.affected ? 1 : 0;
    wrong += observation.affected ? 0 : 1;
    if (descending[index + 1]?.fraction !== observation.fraction) {
      points.push({
        threshold: observation.fraction,
        sensitivity: found / affected,
        specificity: 1 - wrong / free,
      });
    }
  });
  const candidates = points.filter(point => point.threshold > 0 && Number.isFinite(point.threshold));
  const best = (candidates.length ? candidates : points.slice(1)).reduce((a, b) =>
    youden(b) >= youden(a) ? b : a
  );
  return { points, area: areaUnder(points), best };
}

function youden(point: RocPoint): number {
  return point.sensitivity + point.specificity - 1;
}

function areaUnder(points: readonly RocPoint[]): number {
  return points
    .slice(1)
    .reduce(
      (sum, point, index) =>
        sum +
        ((points[index].specificity - point.specificity) * (point.sensitivity + points[index].sensitivity)) /
          2,
      0
    );
}
