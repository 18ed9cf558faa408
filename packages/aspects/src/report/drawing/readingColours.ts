/** sRGB, 0-255. */
export type Rgb = readonly [number, number, number];

/**
 * The colours of a reading, the same on the images, in the schematic and in pictures. Readers with
 * protanopia, deuteranopia or tritanopia tell the infarct classes, the affected regions and the reader's
 * white from each other and from grey brain.
 */
export const READING_COLOURS = {
  /** Outline of a region that is read as normal. */
  normal: [200, 212, 230],
  /** Outline and fill of an affected region. */
  affected: [255, 210, 70],
  /** Outline of a region that the reader has decided. */
  reader: [255, 255, 255],
} as const satisfies Record<string, Rgb>;

/** In the order of `INFARCT_CLASSES`: acute vermilion, old sky blue, suspected haemorrhage magenta. */
export const INFARCT_CLASS_COLOURS: readonly Rgb[] = [
  [240, 72, 0],
  [100, 195, 255],
  [205, 60, 175],
];

/** A colour as CSS and canvas write it. */
export function cssColour(colour: Rgb, opacity = 1): string {
  return `rgb(${colour.join(' ')} / ${opacity})`;
}
