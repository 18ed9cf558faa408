import type { InstanceAttributes } from '../host/instanceAttributes';
import { chooseSeries, ctMetadataOfInstance } from '@deep-aspects/aspects/series';

/** Name of the hanging protocol attribute that `isPlainBrainSeries` computes. */
export const IS_PLAIN_BRAIN_SERIES = 'deepAspects:isPlainBrainSeries';

/** The part of an OHIF display set that is judged. */
export interface JudgedDisplaySet {
  /** Made in the viewer, e.g. a segmentation, not acquired. */
  readonly madeInClient?: boolean;
  readonly instances?: readonly InstanceAttributes[];
}

/** OHIF asks for each attribute once a rule; the same display set with the same images is judged once. */
const judged = new WeakMap<JudgedDisplaySet, { readonly count: number; readonly suitability: number }>();

/**
 * 1 for the display set of the study that suits best to be read, and scored, as the plain brain series, else
 * 0: the same choice as the command line's (`chooseSeries`). Without `study` a display set is measured
 * against itself.
 */
export function isPlainBrainSeries(
  displaySet: JudgedDisplaySet,
  study: { readonly displaySets?: readonly JudgedDisplaySet[] } = {}
): 0 | 1 {
  const own = suitability(displaySet);
  if (own === -Infinity) {
    return 0;
  }
  const best = (study.displaySets ?? [displaySet]).reduce(
    (a, b) => (suitability(b) > suitability(a) ? b : a),
    displaySet
  );
  return suitability(best) > own ? 0 : 1;
}

function suitability(displaySet: JudgedDisplaySet): number {
  const instances = displaySet.instances ?? [];
  const known = judged.get(displaySet);
  if (known?.count === instances.length) {
    return known.suitability;
  }
  const [ranking] = displaySet.madeInClient ? [] : chooseSeries([instances.flatMap(ctMetadataOfInstance)]);
  const found = ranking?.suitability ?? -Infinity;
  judged.set(displaySet, { count: instances.length, suitability: found });
  return found;
}
