/** Nothing brighter than this fills all four corners of an image of a patient, HU. */
const LEAST_HU = 200;

/**
 * Where a scan was round, some programs fill the corners with the greatest value, or with one that
 * wraps to it (-2000 read without its sign), and do not say so by Pixel Padding Value. A surround of one
 * value that reaches all corners and is brighter than tissue becomes padding; metal of the same value
 * inside the head stays. Changes `hu`.
 */
export function clearBrightSurround(hu: Int16Array, columns: number, padding: number): void {
  const corners = [0, columns - 1, hu.length - columns, hu.length - 1];
  const value = hu[0];
  if (!(value > LEAST_HU) || corners.some(corner => hu[corner] !== value)) {
    return;
  }
  const reached = corners;
  for (let pixel = reached.pop(); pixel !== undefined; pixel = reached.pop()) {
    if (hu[pixel] === value) {
      hu[pixel] = padding;
      reached.push(pixel - columns, pixel + columns);
      if (pixel % columns > 0) {
        reached.push(pixel - 1);
      }
      if (pixel % columns < columns - 1) {
        reached.push(pixel + 1);
      }
    }
  }
}
