import { neighbourFeatures } from './stackContext';

const context = { offsetsMm: [-10, -5, 5, 10], size: 2, featureSize: 3 };
/** Features that say where their slice lies; the third number stays with the slice. */
const featuresAt = (offsets: readonly number[]) =>
  offsets.map(offset => Float32Array.of(offset, 100 + offset, -999));
const heard = (offsets: readonly number[], slice: number): number[] =>
  [...neighbourFeatures(context, offsets, featuresAt(offsets), slice)].filter((_, i) => i % 2 === 0);

describe('what a slice hears of its neighbours', () => {
  it('is taken by distance, not by count of slices', () => {
    expect(heard([0, 5, 10, 15, 20], 2)).toEqual([0, 5, 15, 20]);
    expect(heard([0, 2.5, 5, 7.5, 10, 12.5, 15, 17.5, 20], 4)).toEqual([0, 5, 15, 20]);
  });

  it('lies between two slices where none is at that distance, also where spacing changes', () => {
    const [below10, below5, above5, above10] = heard([0, 4, 8, 12, 19, 26, 33], 3);
    expect([below10, below5]).toEqual([2, 7]);
    expect(above5).toBeCloseTo(17);
    expect(above10).toBeCloseTo(22);
  });

  it('is the end slice beyond the ends of the stack', () => {
    expect(heard([0, 5, 10], 0)).toEqual([0, 0, 5, 10]);
    expect(heard([0, 5, 10], 2)).toEqual([0, 5, 10, 10]);
    expect(heard([7], 0)).toEqual([7, 7, 7, 7]);
  });

  it('holds the shared numbers alone, offset by offset', () => {
    const found = neighbourFeatures(context, [0, 5, 10], featuresAt([0, 5, 10]), 1);
    expect([...found]).toEqual([0, 100, 0, 100, 10, 110, 10, 110]);
  });
});
