import { labelComponents, type Connectivity } from './labelComponents';

/** Voxels of each component of planes drawn as text: `.` is 0, a digit its value. */
function sizesOf(drawn: readonly (readonly string[])[], connectivity: Connectivity): number[] {
  const planes = drawn.map(rows => Uint8Array.from(rows.join(''), cell => (cell === '.' ? 0 : Number(cell))));
  const sizes: number[] = [];
  labelComponents(planes, drawn[0][0].length, connectivity, component => {
    sizes[component] = (sizes[component] ?? 0) + 1;
  });
  return sizes;
}

it('joins across an edge of a plane only where corners count', () => {
  const diagonal = [['1..', '.1.', '..1']];
  expect(sizesOf(diagonal, 'faces')).toEqual([1, 1, 1]);
  expect(sizesOf(diagonal, 'corners-in-plane')).toEqual([3]);
});

it.each(['faces', 'corners-in-plane'] as const)('joins planes by faces alone (%s)', connectivity => {
  expect(sizesOf([['1..'], ['1..'], ['.1.']], connectivity)).toEqual([2, 1]);
});

it('keeps different values apart and does not wrap around the ends of rows', () => {
  expect(sizesOf([['12', '12']], 'faces')).toEqual([2, 2]);
  expect(sizesOf([['..1', '1..']], 'corners-in-plane')).toEqual([1, 1]);
});

it('numbers every pixel and leaves the background out', () => {
  const { numbers, count } = labelComponents([Uint8Array.of(0, 5, 0, 5)], 4, 'faces', () => undefined);
  expect([...numbers[0]]).toEqual([-1, 0, -1, 1]);
  expect(count).toBe(2);
});
