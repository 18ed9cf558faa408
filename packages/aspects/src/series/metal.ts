/**
 * Attenuation of metal (clips, coils, electrodes, dental fillings), HU: above the densest bone; scales of 12
 * bits end at 3071.
 */
export const METAL_HU = 2700;
/** Its black and white streaks are as strong as air and bone up to this far away, mm. */
export const METAL_STREAKS_MM = 35;
