import type { GridStack } from './gridStack';
import { measureEvidence } from './measureEvidence';

const SIZE = 10;

/** Two planes that stand for 5 and 10 mm. */
const stackOf = (...planes: readonly (readonly number[])[]): GridStack => ({
  size: SIZE,
  spacingMm: 1,
  planeOffsetsMm: [0, 7.5],
  extentsMm: [5, 10],
  planes: planes.map(plane => Uint8Array.from({ length: SIZE * SIZE }, (_, i) => plane[i] ?? 0)),
});
const pixels = (count: number, value: number): number[] => Array.from({ length: count }, () => value);

describe('what the network says inside a region', () => {
  const region = stackOf(pixels(60, 3), pixels(20, 3));

  it('counts a pixel by the tissue that its slice stands for', () => {
    const acute = stackOf(pixels(60, 255), []);
    expect(measureEvidence(region, [acute])[3]).toEqual({
      meanProbability: 0.6,
      likelyFraction: 0.6,
      upperTenthProbability: 1,
      oldFraction: 0,
    });
  });

  it('tells what a tenth of it reaches, to the volume of a pixel', () => {
    // 0.5 ml in all: ten pixels of the thin slice are a tenth of it.
    const upperTenth = (count: number) =>
      measureEvidence(region, [stackOf([...pixels(count, 204), ...pixels(60 - count, 51)], [])])[3]
        ?.upperTenthProbability;
    expect(upperTenth(11)).toBe(0.8);
    expect(upperTenth(9)).toBe(0.2);
  });

  it('is nothing for a region that was not found', () => {
    expect(measureEvidence(region, [stackOf([], [])])[4]).toBeUndefined();
  });
});
