import { clearBrightSurround } from './brightSurround';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
const { max, min, round } = Math;

/** HU of pixels without data; also the lowest HU that is kept. */
export const PADDING_HU = -1024;
/** Greatest HU that is kept; some scanners extend the scale for metal, which is of no use here. */
const MAX_HU = 16000;
/** Attenuation that patients have: a pixel value that means it cannot also mean that there is no pixel. */
const TISSUE_HU: readonly [number, number] = [-200, 200];
/** Background brighter than this is not air. */
const AIR_CEILING_HU = -700;

export interface StoredPixels {
  /** Pixel values as stored, sign already resolved, row-major. */
  readonly stored: ArrayLike<number>;
  /** (0028,1053) and (0028,1052); 1 and 0 where absent. */
  readonly slope?: number;
  readonly intercept?: number;
  /** (0028,0120), in stored values; with `paddingRangeLimit` (0028,0121) a whole range. */
  readonly padding?: number;
  readonly paddingRangeLimit?: number;
  readonly photometric?: string;
  /** (0028,0101) and (0028,0103): needed only to recognise inverted MONOCHROME1 pixels. */
  readonly bitsStored?: number;
  readonly pixelRepresentation?: 0 | 1;
  /**
   * True where the reader (a host's decoder) has applied slope and intercept already: they are then ignored.
   */
  readonly alreadyScaled?: boolean;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Stored CT pixels to HU: the one place where rescale is applied, so that it is applied exactly once.
 *
 * Padding and anything below -1024 become -1024; padding that would be tissue (a 0 that stands for no
 * value at all, with an intercept of 0) is not trusted, since it would pierce the brain wherever noise
 * meets it. MONOCHROME1 concerns the display only (PS3.3 C.7.6.3.1.2), so that the rescale holds as it
 * stands; where exporters inverted the pixels but left the rescale alone, the image border is not air, and
 * the inversion is undone. A bright surround of one value (untold padding) becomes -1024, too.
 */
export function storedValuesToHu(pixels: StoredPixels): Int16Array {
  const hu = uprightHu(pixels);
  clearBrightSurround(hu, pixels.columns, PADDING_HU);
  return hu;
}

function uprightHu(pixels: StoredPixels): Int16Array {
  const hu = rescale(pixels, value => value);
  if (pixels.photometric !== 'MONOCHROME1' || pixels.bitsStored === undefined) {
    return hu;
  }
  if (borderMedian(hu, pixels.rows, pixels.columns) < AIR_CEILING_HU) {
    return hu;
  }
  const top = pixels.pixelRepresentation === 1 ? -1 : 2 ** pixels.bitsStored - 1;
  const inverted = rescale(pixels, value => top - value);
  return borderMedian(inverted, pixels.rows, pixels.columns) < AIR_CEILING_HU ? inverted : hu;
}

function rescale(pixels: StoredPixels, mapStored: (value: number) => number): Int16Array {
  const { stored, padding } = pixels;
  const slope = pixels.alreadyScaled ? 1 : (pixels.slope ?? 1);
  const intercept = pixels.alreadyScaled ? 0 : (pixels.intercept ?? 0);
  const limit = pixels.paddingRangeLimit ?? padding;
  const meansTissue = (value: number | undefined): boolean => {
    const hu = (value ?? 0) * slope + intercept;
    return hu >= TISSUE_HU[0] && hu <= TISSUE_HU[1];
  };
  const padded =
    padding !== undefined && !pixels.alreadyScaled && !meansTissue(padding) && !meansTissue(limit);
  const low = padded ? min(padding, limit as number) : NaN;
  const high = padded ? max(padding, limit as number) : NaN;
  const hu = new Int16Array(stored.length);
  for (let i = 0; i < stored.length; i++) {
    const value = stored[i];
    const scaled = mapStored(value) * slope + intercept;
    hu[i] = value >= low && value <= high ? PADDING_HU : clampHu(scaled);
  }
  return hu;
}

/** Rounds to a whole HU within the kept range; not-a-number becomes padding. */
export function clampHu(value: number): number {
  if (!(value > PADDING_HU)) {
    return PADDING_HU;
  }
  return value > MAX_HU ? MAX_HU : round(value);
}

/** Median over the outermost pixels that hold data; -1024 where none do. */
function borderMedian(hu: Int16Array, rows: number, columns: number): number {
  const border: number[] = [];
  for (let column = 0; column < columns; column++) {
    border.push(hu[column], hu[(rows - 1) * columns + column]);
  }
  for (let row = 1; row < rows - 1; row++) {
    border.push(hu[row * columns], hu[row * columns + columns - 1]);
  }
  const held = border.filter(value => value > PADDING_HU).sort((a, b) => a - b);
  return held.length ? held[held.length >> 1] : PADDING_HU;
}
