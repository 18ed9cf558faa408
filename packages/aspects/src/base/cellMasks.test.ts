import { dilate, erode, largestComponent } from './cellMasks';

const mask = (...rows: string[]): Uint8Array =>
  Uint8Array.from(rows.join(''), cell => (cell === '#' ? 1 : 0));
const drawn = (cells: Uint8Array, width: number): string[] =>
  Array.from({ length: cells.length / width }, (_, y) =>
    Array.from(cells.subarray(y * width, (y + 1) * width), cell => (cell ? '#' : '.')).join('')
  );

it('grows by squares, and not beyond the border or around the ends of rows', () => {
  const dot = mask('......', '......', '.....#', '......');
  expect(drawn(dilate(dot, 6, 4, 1), 6)).toEqual(['......', '....##', '....##', '....##']);
  expect(drawn(dilate(dot, 6, 4, 2), 6)).toEqual(['...###', '...###', '...###', '...###']);
});

it('shrinks by squares; beyond the border nothing is set', () => {
  const block = mask('#####', '#####', '#####', '####.', '#####');
  expect(drawn(erode(block, 5, 5, 1), 5)).toEqual(['.....', '.###.', '.##..', '.##..', '.....']);
  expect(drawn(erode(block, 5, 5, 2), 5)).toEqual(['.....', '.....', '.....', '.....', '.....']);
});

it('does in one step of several cells what as many steps of one cell do', () => {
  let state = 7;
  const random = (): number => (state = (state * 16807) % 2147483647) / 2147483647;
  const noise = Uint8Array.from({ length: 23 * 17 }, () => (random() < 0.9 ? 1 : 0));
  const again = (step: typeof erode, cells: Uint8Array): Uint8Array =>
    step(step(cells, 23, 17, 1), 23, 17, 1);
  expect(erode(noise, 23, 17, 2)).toEqual(again(erode, noise));
  const sparse = noise.map(cell => 1 - cell);
  expect(dilate(sparse, 23, 17, 2)).toEqual(again(dilate, sparse));
});

it('keeps the largest body and nothing of an empty stack', () => {
  const planes = [mask('#..', '...', '.##'), mask('...', '...', '.#.')];
  expect(largestComponent(planes, 3).map(plane => drawn(plane, 3))).toEqual([
    ['...', '...', '.##'],
    ['...', '...', '.#.'],
  ]);
  expect(largestComponent([new Uint8Array(9)], 3)).toEqual([new Uint8Array(9)]);
});
