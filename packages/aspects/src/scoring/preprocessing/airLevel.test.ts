import { airDoubts } from './airLevel';

/** Planes of 100 x 100 cells: a head of 40 HU in air with some noise. */
const planes = (air: (plane: number, cell: number) => number): Int16Array[] =>
  Array.from({ length: 20 }, (_, plane) =>
    Int16Array.from({ length: 10_000 }, (__, cell) => {
      const inHead = Math.hypot((cell % 100) - 50, Math.floor(cell / 100) - 50) < 35;
      return inHead ? 40 : air(plane, cell) + ((cell * 7) % 5) - 2;
    })
  );
const doubts = (air: (plane: number, cell: number) => number, medianHu = 36): string[] =>
  airDoubts({ planes: planes(air) }, medianHu);

describe('air that moved with the brain is told', () => {
  test.each<readonly [string, RegExp, (plane: number, cell: number) => number]>([
    ['all slices 8 HU too dark', /at -1008 HU instead of -1000/, () => -1008],
    ['all slices 7 HU too dark', /at -1007 HU instead of -1000/, () => -1007],
    ['all slices 8 HU too bright', /at -992 HU instead of -1000/, () => -992],
    [
      'one slice 20 HU too dark',
      /in 1 of 20 planes at -1020 to -1020 HU/,
      plane => (plane === 9 ? -1020 : -1000),
    ],
    ['half of the stack 8 HU too bright', /in 10 of 20 planes/, plane => (plane < 10 ? -1000 : -992)],
    ['1 HU less from slice to slice', /of 20 planes at -1019 to/, plane => -1000 - plane],
    ['1 HU more from slice to slice', /of 20 planes/, plane => -1000 + plane],
  ])('%s', (_, told, air) => expect(doubts(air).join('\n')).toMatch(told));

  test.each([0.9, 0.92, 0.94])('all scaled by %s, which leaves the brain as dark as others', slope =>
    expect(doubts(() => -1000 * slope, 36 * slope - 8).join()).toContain(`at -${1000 * slope} HU instead`)
  );
});

describe('air as sound scans have it is not', () => {
  test.each<readonly [string, (plane: number, cell: number) => number]>([
    ['air at -1000 HU', () => -1000],
    ['air that differs by 3 HU', plane => -998 - 3 * (plane % 2)],
    ['padding', () => -1024],
    ['the floor of a scale that ends at -1024 HU, with noise', () => -1019],
    ['padding outside of a circle', (_, cell) => (cell % 100 < 30 ? -1024 : -1000)],
    ['foam around some slices', (plane, cell) => (plane < 8 && cell % 3 > 0 ? -960 : -1000)],
    ['a head that fills the image', (_, cell) => (cell < 200 ? -1000 : 30)],
  ])('%s', (_, air) => expect(doubts(air)).toEqual([]));

  test('noise that is cut off at -1000 HU, whose mean lies above', () =>
    expect(doubts((_, cell) => Math.max(-998, -992 + ((cell * 11) % 15) - 7))).toEqual([]));

  test('bright air around a brain that is not bright', () => expect(doubts(() => -990, 28)).toEqual([]));
});
