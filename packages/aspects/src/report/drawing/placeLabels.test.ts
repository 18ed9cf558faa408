import type { Point } from './regionOutlines';
import { placeLabels, type Cover, type Frame, type Label } from './placeLabels';

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

function drawing(
  strips: readonly Strip[],
  lesions: readonly string[] = [],
  scale = 1,
  height = 40,
  frame?: Frame
) {
  const labels = strips.map(([text, from, to], index): Label => ({
    text,
    at: { x: (scale * (from + to)) / 2, y: (scale * height) / 2 },
    segment: index + 1,
    isMovable: !text.startsWith('M'),
    isImportant: lesions.includes(text),
  }));
  const coverAt = ({ x, y }: Point): Cover => {
    const isBeside = y < 0 || y >= height * scale;
    const index = strips.findIndex(([, from, to]) => !isBeside && x >= from * scale && x < to * scale);
    return { segment: index + 1, isLesion: index >= 0 && lesions.includes(strips[index][0]) };
  };
  const places = placeLabels(labels, coverAt, frame);
  return { labels, coverAt, places };
}

const widthOf = (text: string): number => 7.5 * text.length;

function overlaps({ labels, places }: ReturnType<typeof drawing>): string[] {
  return labels.flatMap((one, i) =>
    labels.slice(i + 1).flatMap((other, j) => {
      const [a, b] = [places[i], places[i + 1 + j]];
      const isApart =
        !a ||
        !b ||
        Math.abs(a.x - b.x) >= (widthOf(one.text) + widthOf(other.text)) / 2 ||
        Math.abs(a.y - b.y) >= 12;
      return isApart ? [] : [`${one.text} on ${other.text}`];
    })
  );
}

function placeOf({ labels, places }: ReturnType<typeof drawing>, text: string): Point {
  const place = places[labels.findIndex(label => label.text === text)];
  if (!place) {
    throw new Error(`${text} is not named.`);
  }
  return place;
}

const namedIn = ({ labels, places }: ReturnType<typeof drawing>): string[] =>
  labels.filter((_, i) => places[i]).map(({ text }) => text);

/** Names of which a corner, an edge or the middle lies on something affected. */
function hiding({ labels, places, coverAt }: ReturnType<typeof drawing>): string[] {
  return labels
    .filter(({ text }, i) => {
      const at = places[i];
      const on = (x: number, y: number) =>
        at && coverAt({ x: at.x + x * widthOf(text), y: at.y + y * 12 }).isLesion;
      return [-0.5, 0, 0.5].some(x => [-0.5, 0, 0.5].some(y => on(x, y)));
    })
    .map(({ text }) => text);
}

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

it('where a pane is big, names stay in their regions, and those of the cortex where they hide little', () => {
  const big = drawing(NUCLEI, [], 4);
  expect(big.places).toEqual(big.labels.map(({ at }) => at));
  const affected = drawing(NUCLEI, ['M2'], 2);
  expect(placeOf(affected, 'M2')).toEqual({ x: 106, y: 40 });
});

/** A pane of a window at 200 %: regions as large as their names, three of them affected. */
const CROWDED: readonly Strip[] = [...NUCLEI.slice(0, 4), ['M1', 36, 52], ['M2', 52, 68], ['M3', 68, 84]];

describe.each([
  ['three nuclei', ['C', 'IC', 'L']],
  ['three of the cortex', ['M1', 'M2', 'M3']],
  ['of both', ['L', 'I', 'M2']],
  ['all of them', CROWDED.map(([text]) => text)],
])('in a small crowded pane, with %s affected', (_, lesions) => {
  it.each([0.5, 0.75, 1])('at scale %p', scale => {
    const drawn = drawing(CROWDED, lesions, scale);
    expect(overlaps(drawn)).toEqual([]);
    expect(hiding(drawn)).toEqual([]);
    expect(namedIn(drawn)).toEqual(expect.arrayContaining(lesions));
  });
});

it('normal regions lose their names first, and no name is cut off by the edge of a pane', () => {
  const frame = { from: { x: -4, y: -14 }, to: { x: 48, y: 34 } };
  const drawn = drawing(CROWDED, ['IC', 'L', 'M1'], 0.5, 40, frame);
  expect(namedIn(drawn)).toEqual(expect.arrayContaining(['IC', 'L', 'M1']));
  expect(namedIn(drawn).length).toBeLessThan(CROWDED.length);
  expect(overlaps(drawn)).toEqual([]);
  for (const text of namedIn(drawn)) {
    const { x, y } = placeOf(drawn, text);
    expect(x - widthOf(text) / 2).toBeGreaterThanOrEqual(frame.from.x);
    expect(x + widthOf(text) / 2).toBeLessThanOrEqual(frame.to.x);
    expect(y - 6).toBeGreaterThanOrEqual(frame.from.y);
    expect(y + 6).toBeLessThanOrEqual(frame.to.y);
  }
});

it('in a small picture only what is affected is named', () => {
  expect(namedIn(drawing(NUCLEI, ['L', 'M2'], 0.5))).toEqual(['L', 'M2']);
  expect(namedIn(drawing(NUCLEI, ['L', 'M2'], 2))).toEqual(NUCLEI.map(([text]) => text));
});

it('a region that lies outside the pane keeps its name for when the picture is moved', () => {
  const frame = { from: { x: -20, y: -20 }, to: { x: 60, y: 60 } };
  expect(namedIn(drawing(CROWDED, [], 2, 40, frame))).toContain('M3');
});
