import type { DerivedImage } from '../host/cornerstone';
import { readInfarctPlane, writePlane } from './labelmapPlanes';

const PIXELS = 128 * 128;

/** Notes how many pixels were written. */
class NotedPlane extends Uint8Array {
  written = 0;

  override set(values: ArrayLike<number>, offset?: number): void {
    this.written += values.length;
    super.set(values, offset);
  }

  /** Parts are plain arrays. */
  static get [Symbol.species]() {
    return Uint8Array;
  }
}

function plane(values = new Uint8Array(PIXELS)) {
  const data = NotedPlane.from(values) as NotedPlane;
  data.written = 0;
  const image = { imageId: 'plane', voxelManager: { getScalarData: () => data } };
  return { data, image: image as unknown as DerivedImage };
}

const withPixel = (pixel: number, value: number) => {
  const values = new Uint8Array(PIXELS);
  values[pixel] = value;
  return values;
};

it.each([0, 5000, PIXELS - 1])('writes a plane, and little of one that is empty but for pixel %i', pixel => {
  const { data, image } = plane();
  writePlane(image, withPixel(pixel, 7));
  expect([...data]).toEqual([...withPixel(pixel, 7)]);
  expect(data.written).toBeLessThan(PIXELS / 2);
});

it('touches no memory of a plane that is empty', () => {
  const { data, image } = plane();
  writePlane(image, new Uint8Array(PIXELS));
  expect(data.written).toBe(0);
});

it('clears what a former result left', () => {
  const { data, image } = plane(new Uint8Array(PIXELS).fill(3));
  writePlane(image, withPixel(9, 1));
  expect([...data]).toEqual([...withPixel(9, 1)]);
});

it('reads the classes of infarct, and what was drawn with another number as acute infarct', () => {
  const drawn = Uint8Array.of(0, 1, 2, 3, 4, 255);
  expect([...readInfarctPlane(plane(drawn).image)]).toEqual([0, 1, 2, 3, 1, 1]);
});
