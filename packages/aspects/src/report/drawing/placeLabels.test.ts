import type { Point } from './regionOutlines';
import { placeLabels, type Cover, type Label } from './placeLabels';

/**
 * Upright strips side by side as the nuclei lie in a small pane, CSS pixels: `[text, from, to]`, all from 0
 * to 40.
 */
type Strip = readonly [text: string, from: number, to: number];
const NUCLEI: readonly Strip[] = [
  ['C', 0, 6],
  ['IC', 6, 14],
  ['L', 14, 30],
  ['I', 30, 36],
  ['M2', 36, 70],
];

function drawing(strips: readonly Strip[], lesions: readonly string[] = [], scale = 1, height = 40) {
  const labels = strips.map(([text, from, to], index): Label => ({
    text,
    at: { x: (scale * (from + to)) / 2, y: (scale * height) / 2 },
    segment: index + 1,
    isMovable: !text.startsWith('M'),
  }));
  const coverAt = ({ x, y }: Point): Cover => {
    const isBeside = y < 0 || y >= height * scale;
    const index = strips.findIndex(([, from, to]) => !isBeside && x >= from * scale && x < to * scale);
    return { segment: index + 1, isLesion: index >= 0 && lesions.includes(strips[index][0]) };
  };
  const places = placeLabels(labels, coverAt);
  return { labels, coverAt, places };
}

const widthOf = (text: string): number => 7.5 * text.length;

function overlaps({ labels, places }: ReturnType<typeof drawing>): string[] {
  return labels.flatMap((one, i) =>
    labels.slice(i + 1).flatMap((other, j) => {
      const [a, b] = [places[i], places[i + 1 + j]];
      const isApart =
        Math.abs(a.x - b.x) >= (widthOf(one.text) + widthOf(other.text)) / 2 || Math.abs(a.y - b.y) >= 12;
      return isApart ? [] : [`${one.text} on ${other.text}`];
    })
  );
}

const placeOf = ({ labels, places }: ReturnType<typeof drawing>, text: string): Point =>
  places[labels.findIndex(label => label.text === text)];

it('the names of nuclei that lie close together do not lie on each other', () => {
  expect(overlaps(drawing(NUCLEI))).toEqual([]);
  expect(overlaps(drawing(NUCLEI, ['C', 'IC', 'L', 'I']))).toEqual([]);
  expect(overlaps(drawing(NUCLEI, [], 0.5))).toEqual([]);
});

it.each(['C', 'IC', 'L', 'I'])('the name of an affected %s lies next to it, and on no other region', text => {
  const drawn = drawing(NUCLEI, [text]);
  expect(drawn.coverAt(placeOf(drawn, text)).segment).toBe(0);
  for (const [other] of NUCLEI.filter(([name]) => name !== text)) {
    expect(drawn.coverAt(placeOf(drawn, other)).isLesion).toBe(false);
  }
});

it('no line runs over what is affected: amid it, a name stays where it belongs', () => {
  const drawn = drawing(NUCLEI, ['L', 'I', 'M2'], 1, 120);
  expect(placeOf(drawn, 'I')).toEqual({ x: 33, y: 60 });
});

it('what is affected is left altogether or not at all', () => {
  const wide = drawing([['L', 0, 60]], ['L'], 1, 60);
  expect(placeOf(wide, 'L')).toEqual({ x: 30, y: 30 });
});

it('where a pane is big, names stay in their regions, and those of the cortex always do', () => {
  const big = drawing(NUCLEI, [], 4);
  expect(big.places).toEqual(big.labels.map(({ at }) => at));
  const small = drawing(NUCLEI, ['M2'], 0.5);
  expect(placeOf(small, 'M2')).toEqual({ x: 26.5, y: 10 });
});
