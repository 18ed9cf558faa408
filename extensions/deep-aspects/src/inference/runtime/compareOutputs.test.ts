import { compareOutputs } from './compareOutputs';

const PIXELS = 10_000;
const labels = Uint8Array.from({ length: PIXELS }, (_, index) => index % 12);

function changed(count: number, by: number): Uint8Array {
  return labels.map((value, index) => (index < count ? value + by : value));
}

describe('compareOutputs', () => {
  it('lets the border of two labels move by a pixel here and there', () => {
    expect(compareOutputs(labels, changed(20, 1), 'labels').agrees).toBe(true);
    expect(compareOutputs(labels, changed(21, 1), 'labels')).toEqual({
      agrees: false,
      summary: '99.79 % of the pixels have the same label',
    });
  });

  it('lets probabilities differ by rounding', () => {
    expect(compareOutputs(labels, changed(PIXELS, 1), 'probability').agrees).toBe(true);
    expect(compareOutputs(labels, changed(PIXELS, 2), 'probability').agrees).toBe(false);
  });

  it('sees a small area that is far off, although the mean is not', () => {
    expect(compareOutputs(labels, changed(10, 100), 'probability').agrees).toBe(true);
    expect(compareOutputs(labels, changed(11, 100), 'probability').agrees).toBe(false);
  });

  it('does not compare planes of different size', () => {
    expect(compareOutputs(labels, labels.slice(1), 'labels').agrees).toBe(false);
    expect(compareOutputs(new Uint8Array(0), new Uint8Array(0), 'labels').agrees).toBe(false);
  });
});
