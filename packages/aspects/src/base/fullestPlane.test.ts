import { fullestPlane } from './fullestPlane';

const plane = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('the fullest plane', () => {
  it('has most values that are not 0, however large they are', () => {
    expect(fullestPlane([plane(0, 255, 0), plane(1, 1, 0), plane(0, 0, 0)])).toBe(1);
  });

  it('counts only the values that are asked for', () => {
    const planes = [plane(1, 1, 1), plane(3, 1, 0), plane(3, 3, 0)];
    expect(fullestPlane(planes, value => value === 3)).toBe(2);
  });

  it('is the first of equal ones, and none where nothing counts', () => {
    expect(fullestPlane([plane(0), plane(2), plane(2)])).toBe(1);
    expect(fullestPlane([plane(0), plane(0)])).toBe(-1);
  });
});
