/** Below this a volume is nothing that anybody would name, ml. */
export const WORTH_SAYING_ML = 0.05;

/**
 * From here on hyperdense tissue is named, and infarct that the score does not tell of stands next to it: it
 * may be the stroke that ASPECTS does not see, ml.
 */
export const WORTH_ANNOUNCING_ML = 1;

/** A share as whole percent, without the sign; never "0" of what is there. */
export function percentOf(fraction: number): string {
  return fraction > 0 && fraction < 0.01 ? '< 1' : (fraction * 100).toFixed(0);
}
