/**
 * Values of the infarct map, and segment indices of the "Infarct" segmentation. A network with one class uses
 * only the first.
 */
export const INFARCT_CLASS = { acute: 1, old: 2, haemorrhage: 3 } as const;

/** A class of the infarct map by name. */
export type InfarctClass = keyof typeof INFARCT_CLASS;

/** In the order of their values, which is that of the infarct network's classes. */
export const INFARCT_CLASSES: readonly InfarctClass[] = ['acute', 'old', 'haemorrhage'];
