import {
  FEET_FIRST,
  PRONE,
  syntheticReport,
  THIN,
  TILTED_UNEVEN,
  type SeriesShape,
} from '../../../testing/syntheticReport';
import { segmentIndexOf } from '../../scoring/aspects/regions';
import type { HeadCtSeries, Vec3 } from '../../series/headCtSeries';
import { INFARCT_SEGMENT, segmentColour } from '../dicom/seg/segmentColours';
import { cssColour, READING_COLOURS } from '../drawing/readingColours';
import { REPORT_WORDS } from '../text/reportWords';
import type { SummaryImage } from './renderSummary';
import type { SummaryInput } from './summaryInput';
import { renderSummary } from './renderSummary';
import { TILE, TITLE_WIDTH } from './summaryLayout';
import { summaryPages } from './summaryPages';
import { MAX_SLICES_OF_LEVEL } from './summarySlices';
import { summaryTitle } from './summaryTitle';

/** A made-up series with HU, a plane of 35 HU all over; masks may be replaced. */
function summaryInput(shape: SeriesShape, masks?: Pick<SummaryInput, 'regions' | 'infarct'>): SummaryInput {
  const { series, regions, infarct, result } = syntheticReport(shape);
  const pixels = series.rows * series.columns;
  const normal: Vec3 = [0, 0, 1];
  const whole: HeadCtSeries = {
    ...series,
    normal,
    sliceExtentsMm: series.planeOffsetsMm.map(() => 5),
    gantryTiltDeg: 0,
    warnings: [],
    slices: series.slices.map(slice => ({ ...slice, hu: new Int16Array(pixels).fill(35) })),
  };
  return { series: whole, regions, infarct, result, language: 'en', ...masks };
}

/** Mean position (0-1) of a colour in the tile at that place, from its left and top. */
function centreOf(
  { width, rgba }: SummaryImage,
  tile: { x: number; y: number },
  isColour: (r: number, g: number, b: number) => boolean
) {
  let count = 0;
  const sum = { x: 0, y: 0 };
  for (let row = 0; row < TILE; row++) {
    for (let column = 0; column < TILE; column++) {
      const at = ((tile.y + row) * width + tile.x + column) * 4;
      if (isColour(rgba[at], rgba[at + 1], rgba[at + 2])) {
        count++;
        sum.x += column / TILE;
        sum.y += row / TILE;
      }
    }
  }
  return { count, x: sum.x / count, y: sum.y / count };
}

/** 35 HU in a window of 20 to 60. */
const GREY = (15 / 40) * 255;
const [red, green, blue] = segmentColour(INFARCT_SEGMENT).map(value => value * 0.35 + 0.65 * GREY);
const isInfarct = (r: number, g: number, b: number) =>
  Math.abs(r - red) < 3 && Math.abs(g - green) < 3 && Math.abs(b - blue) < 3;

/**
 * One slice whose left anterior quarter (the patient's) is infarct and region M1, in the orientation
 * of the series.
 */
function leftAnteriorMasks(shape: SeriesShape): Pick<SummaryInput, 'regions' | 'infarct'> {
  const { series } = syntheticReport(shape);
  const planes = () => series.slices.map(() => new Uint8Array(series.rows * series.columns));
  const masks = { regions: planes(), infarct: planes() };
  for (let row = 0; row < series.rows; row++) {
    for (let column = 0; column < series.columns; column++) {
      const isLeft =
        shape.rowDirection[0] > 0 ? column > series.columns * 0.6 : column < series.columns * 0.4;
      const isAnterior = shape.columnDirection[1] > 0 ? row < series.rows * 0.3 : row > series.rows * 0.7;
      masks.infarct[4][row * series.columns + column] = isLeft && isAnterior ? 1 : 0;
      masks.regions[4][row * series.columns + column] = segmentIndexOf('M2', 'right');
    }
  }
  return masks;
}

test.each([TILTED_UNEVEN, FEET_FIRST, PRONE])(
  "shows the patient's left on the right and anterior on top, $name",
  shape => {
    const input = summaryInput(shape, leftAnteriorMasks(shape));
    const levels = { ganglionic: [input.series.slices[4].sopInstanceUID], supraganglionic: [] };
    const summary = renderSummary({ ...input, result: { ...input.result, levels } });
    const [{ placed }] = summary.sections;
    const infarct = centreOf(summary, placed[0].outlined, isInfarct);
    expect(infarct.count).toBeGreaterThan(1000);
    expect(infarct.x).toBeGreaterThan(0.6);
    expect(infarct.y).toBeLessThan(0.4);
    expect(centreOf(summary, placed[0].bare, isInfarct).count).toBe(0);
    const sideLetter = (text: string) =>
      summary.captions.find(caption => caption.text === text && caption.y > placed[0].outlined.y)!.x;
    expect(sideLetter('R')).toBeLessThan(sideLetter('L'));
  }
);

test('names slice, level and result, and the patient only where asked to', () => {
  const input = summaryInput(TILTED_UNEVEN);
  const texts = (summary: SummaryImage) => summary.captions.map(caption => caption.text);
  const plain = texts(renderSummary(input));
  expect(plain[0]).toMatch(/^ASPECTS 8\/10 \(left\)/);
  expect(plain).toContain('Slice 5 of 9');
  expect(plain.join()).not.toContain('SYN-1');
  const german = texts(renderSummary({ ...input, language: 'de', patient: { name: 'A^B', id: 'SYN-1' } }));
  expect(german[0]).toBe('A B, SYN-1');
  expect(german).toContain('Schicht 5 von 9');
});

test('is refused where the pixels were handed to a worker', () => {
  const input = summaryInput(TILTED_UNEVEN);
  const slices = input.series.slices.map(slice => ({ ...slice, hu: new Int16Array(0) }));
  expect(() => renderSummary({ ...input, series: { ...input.series, slices } })).toThrow(RangeError);
});

test('the title says who, when, what and what for, wrapped within the summary and without control characters', () => {
  const summary = renderSummary({
    ...summaryInput(TILTED_UNEVEN),
    patient: { name: 'Long^Name'.repeat(20), id: 'A\u0000B\u009b' },
    study: { date: '20260304', accession: 'ACC-9' },
    edited: { infarct: true },
  });
  const title = summary.captions.filter(({ sizePx, x }) => sizePx === 18 && x === 10);
  const text = title.map(caption => caption.text).join(' ');
  expect(text).toMatch(
    /A B.*, ACC-9, 2026-03-04 ASPECTS 8\/10 \(left\).*Changed by the reader: M1 \(L\) normal, M4 \(L\) affected.*edited by the reader.*research use only/i
  );
  expect(text).not.toMatch(/\p{Cc}/u);
  // A letter of 18 px is some 10 px wide.
  title.forEach(caption => expect(caption.text.length * 10).toBeLessThanOrEqual(TITLE_WIDTH));
  const below = Math.min(...summary.captions.filter(({ sizePx }) => sizePx !== 18).map(({ y }) => y));
  title.forEach(({ y }) => expect(y + 18).toBeLessThan(below));
});

test('a number is not torn from its unit', () => {
  const name = (length: number) => 'x'.repeat(length);
  const input = summaryInput(TILTED_UNEVEN);
  const titles = Array.from({ length: 40 }, (_, i) => {
    const words = { short: `${name(90 + i)} {volume} ml, {fraction} %` };
    return summaryTitle({ ...input, words }, { ...REPORT_WORDS.en, ...words });
  });
  expect(titles.filter(lines => lines.some(line => /44\.8 ml, 14 %/.test(line)))).not.toHaveLength(40);
  titles.flat().forEach(line => expect(line).not.toMatch(/^(ml|%)/));
});

test("a site's own title leaves out no change of the reader", () => {
  const words = { short: '{score}' };
  const { title } = renderSummary({ ...summaryInput(TILTED_UNEVEN), words, edited: { infarct: true } });
  expect(title.map(({ text }) => text).slice(0, 3)).toEqual([
    '8',
    'Changed by the reader: M1 (L) normal, M4 (L) affected',
    'The infarct mask was edited by the reader.',
  ]);
});

describe('the legend', () => {
  const NAMES = ['affected region', 'acute infarct', 'hypodensity', 'old infarct', 'haemorrhage?'];
  const legendOf = (input: SummaryInput) =>
    renderSummary(input).captions.filter(({ text }) => NAMES.includes(text));
  const painted = (input: SummaryInput, values: readonly number[]) => ({
    ...input,
    infarct: input.infarct.map(plane => plane.map((_, pixel) => values[pixel] ?? 0)),
  });

  test('has each word in the colour of what it names, over every level', () => {
    const input = painted(summaryInput(TILTED_UNEVEN), [1, 2, 3]);
    const { sections } = renderSummary(input);
    const legend = legendOf(input);
    expect(legend).toHaveLength(4 * sections.length);
    expect(Object.fromEntries(legend.map(({ text, colour }) => [text, colour]))).toEqual({
      'affected region': READING_COLOURS.affected,
      [input.result.oldInfarct ? 'acute infarct' : 'hypodensity']: segmentColour(INFARCT_SEGMENT),
      'old infarct': segmentColour(INFARCT_SEGMENT + 1),
      'haemorrhage?': segmentColour(INFARCT_SEGMENT + 2),
    });
  });

  test('says nothing of what is not there', () => {
    const input = painted(summaryInput(TILTED_UNEVEN), [2]);
    const haemorrhage = { volumeMl: 12, hyperdenseMl: 12, suspected: true, keySlice: null };
    const result = { ...input.result, haemorrhage };
    expect([...new Set(legendOf({ ...input, result }).map(({ text }) => text))]).toEqual(['old infarct']);
  });
});

test('a slice is called what the viewer calls it', () => {
  const input = summaryInput(TILTED_UNEVEN);
  const uid = input.series.slices[4].sopInstanceUID;
  const summary = renderSummary({ ...input, sliceName: one => (one === uid ? 'I: 18 (5/9)' : 'another') });
  expect(summary.captions.map(({ text }) => text)).toContain('I: 18 (5/9)');
});

describe('outlines on the slices', () => {
  /** Region M5 of the right, with a sulcus in it, and the left insula, in one slice. */
  function outlined(changes: Partial<SummaryInput['result']> = {}) {
    const input = summaryInput(TILTED_UNEVEN);
    const { rows, columns } = input.series;
    const plane = Uint8Array.from({ length: rows * columns }, (_, pixel) => {
      const [column, row] = [pixel % columns, Math.floor(pixel / columns)];
      const isSulcus = column > 7 && column < 11 && row > 20 && row < 24;
      if (column > 2 && column < 16 && row > 10 && row < 34 && !isSulcus) {
        return segmentIndexOf('M5', 'right');
      }
      return column > 20 && column < 32 && row > 10 && row < 34 ? segmentIndexOf('I', 'left') : 0;
    });
    const regions = input.regions.map((_, slice) => (slice === 4 ? plane : new Uint8Array(plane.length)));
    const levels = { ganglionic: [input.series.slices[4].sopInstanceUID], supraganglionic: [] };
    const summary = renderSummary({
      ...input,
      regions,
      infarct: regions.map(() => new Uint8Array(plane.length)),
      result: { ...input.result, levels, ...changes },
    });
    const { outlined: tile } = summary.sections[0].placed[0];
    const shapes = summary.shapes.filter(({ scale }) => scale === 1);
    const names = summary.captions.filter(({ sizePx }) => sizePx === 11);
    return { summary, tile, shapes, names };
  }
  const xOf = (path: string) => [...path.matchAll(/[ML] (\S+) /g)].map(match => Number(match[1]));

  test('are as on the screen: normal ones quiet, affected ones in their colour, and no sulcus has one', () => {
    const { shapes } = outlined();
    expect(shapes.map(({ stroke }) => stroke)).toEqual([
      cssColour(READING_COLOURS.normal, 0.6),
      cssColour(READING_COLOURS.affected),
    ]);
    shapes.forEach(({ path }) => expect(path.match(/M/g)).toHaveLength(1));
  });

  test("have names, each in its region: the patient's right on the left", () => {
    const { tile, shapes, names } = outlined();
    expect(names.map(({ text }) => text)).toEqual(['M5', 'I']);
    names.forEach(({ x, y }, i) => {
      const xs = xOf(shapes[i].path);
      expect(x - tile.x).toBeGreaterThan(Math.min(...xs));
      expect(x - tile.x).toBeLessThan(Math.max(...xs));
      expect(y).toBeGreaterThan(tile.y);
      expect(y).toBeLessThan(tile.y + TILE);
    });
    expect(names[0].x).toBeLessThan(tile.x + TILE / 2);
    expect(names[1].x).toBeGreaterThan(tile.x + TILE / 2);
  });

  test('what the reader decided is white', () => {
    const { right } = summaryInput(TILTED_UNEVEN).result.hemispheres;
    const regions = right.regions.map(one => (one.id === 'M5' ? { ...one, source: 'reader' as const } : one));
    const { left } = summaryInput(TILTED_UNEVEN).result.hemispheres;
    const { shapes } = outlined({ hemispheres: { left, right: { ...right, regions } } });
    expect(shapes.at(-1)!.stroke).toBe(cssColour(READING_COLOURS.reader));
  });

  test('are not there while a haemorrhage is suspected', () => {
    const haemorrhage = { volumeMl: 12, hyperdenseMl: 12, suspected: true, keySlice: null };
    const { shapes, names } = outlined({ haemorrhage });
    expect([...shapes, ...names]).toEqual([]);
  });
});

test('a slice is in the stroke window, and says so', () => {
  const input = summaryInput(TILTED_UNEVEN);
  const { rgba, width, sections, captions } = renderSummary(input);
  const { bare, caption } = sections[0].placed[0];
  const middle = ((bare.y + TILE / 2) * width + bare.x + TILE / 2) * 4;
  expect(rgba[middle]).toBe(Math.round(GREY));
  expect(captions.filter(({ text, y }) => text === 'W: 40 L: 40' && y === caption.y + 3)[0]).toMatchObject({
    align: 'right',
  });
});

test('shows every slice of both levels, bare above outlined, and the fullest slice where it is in neither', () => {
  const input = summaryInput(TILTED_UNEVEN);
  const fullestIn = (fullest: number) =>
    input.infarct.map((plane, slice) => plane.map(() => (slice === fullest ? 1 : 0)));
  const { sections } = renderSummary({ ...input, infarct: fullestIn(4) });
  expect(sections.map(({ level, slices }) => [level, slices])).toEqual([
    ['ganglionic', [3, 4]],
    ['supraganglionic', [5, 6]],
  ]);
  const outside = renderSummary({ ...input, infarct: fullestIn(0) }).sections;
  expect(outside.map(({ level, slices }) => [level, slices])).toContainEqual([null, [0]]);
});

test('a suspected bleeding outside both levels is shown, the caudal slice first, until a reader dismisses it', () => {
  const input = summaryInput(TILTED_UNEVEN);
  const lowest = input.infarct.map((plane, slice) => plane.map(() => (slice === 1 ? 1 : 0)));
  const elsewhere = (suspected: boolean) => {
    const keySlice = input.series.slices[0].sopInstanceUID;
    const haemorrhage = { volumeMl: 12, hyperdenseMl: 12, suspected, keySlice };
    const { sections } = renderSummary({
      ...input,
      infarct: lowest,
      result: { ...input.result, haemorrhage },
    });
    return sections.filter(({ level }) => level === null).map(({ slices }) => slices);
  };
  expect(elsewhere(true)).toEqual([[0, 1]]);
  expect(elsewhere(false)).toEqual([[1]]);
});

test('of a thin series as many slices of a level as fit, with those of affected regions, and says how many there are', () => {
  const input = summaryInput(THIN);
  const ganglionic = input.series.slices.slice(0, 20).map(slice => slice.sopInstanceUID);
  const insula = input.result.hemispheres.left.regions.find(({ id }) => id === 'I')!;
  const keySlice = input.series.slices[13].sopInstanceUID;
  const left = {
    ...input.result.hemispheres.left,
    regions: input.result.hemispheres.left.regions.map(one => (one === insula ? { ...one, keySlice } : one)),
  };
  const summary = renderSummary({
    ...input,
    result: {
      ...input.result,
      levels: { ...input.result.levels, ganglionic },
      hemispheres: { ...input.result.hemispheres, left },
    },
  });
  expect(summary.sections[0].slices).toHaveLength(MAX_SLICES_OF_LEVEL);
  expect(summary.sections[0].slices).toContain(13);
  expect(summary.captions.map(({ text }) => text)).toContain(
    `Ganglionic level: ${MAX_SLICES_OF_LEVEL} of 20 slices, with outlines below`
  );
});

test("the table has a row a region, the patient's right left of the left, numbers in the language's form", () => {
  const input = summaryInput(TILTED_UNEVEN);
  const { captions } = renderSummary({ ...input, language: 'de' });
  const row = (name: string) => {
    const head = captions.find(({ text }) => text === name)!;
    const cells = captions.filter(({ y, x }) => y === head.y && x > head.x).sort((a, b) => a.x - b.x);
    return cells.map(({ text }) => text);
  };
  const [, , , reading, infarct, difference] = row('Insel');
  const { left } = input.result.hemispheres;
  const { infarctMl, meanHu, contralateralMeanHu } = left.regions[3];
  expect(reading).toBe('betroffen');
  expect(infarct).toBe(infarctMl.toFixed(1).replace('.', ','));
  expect(difference).toBe(`\u2212${(contralateralMeanHu! - meanHu!).toFixed(1).replace('.', ',')}`);
  expect(row('Insel')[0]).toBe('normal');
  expect(row('Nucleus caudatus').slice(0, 1)).toEqual(['normal']);
  const m4 = captions.filter(({ text }) => text === 'betroffen (Befunder)');
  expect(m4).toHaveLength(1);
});

test('a suspected haemorrhage takes the place of the score until a reader dismisses it', () => {
  const input = summaryInput(TILTED_UNEVEN);
  const haemorrhage = { volumeMl: 12, hyperdenseMl: 12, suspected: true, keySlice: null };
  const summary = renderSummary({ ...input, result: { ...input.result, haemorrhage } });
  const texts = summary.captions.map(({ text }) => text);
  expect(texts.join(' ')).toContain('Haemorrhage suspected: ASPECTS does not apply');
  expect(texts.join(' ')).not.toMatch(/ASPECTS 8/);
  expect(texts).not.toContain('affected');
  expect(texts.filter(text => text === 'not scored')).toHaveLength(20);
  expect(summary.shapes.some(({ fill }) => fill)).toBe(false);
  expect(summary.captions.some(({ colour }) => colour === READING_COLOURS.affected)).toBe(false);
});

test('the schematic fills affected regions alone, mirrors the left, and gives the reader a white border', () => {
  const shapes = renderSummary(summaryInput(TILTED_UNEVEN)).shapes.filter(({ scale }) => scale === 2);
  const filled = shapes.filter(({ fill }) => fill);
  // Insula and M4, both left.
  expect(filled).toHaveLength(2);
  expect(filled.every(({ mirrored }) => mirrored)).toBe(true);
  expect(shapes.filter(({ stroke }) => stroke === cssColour(READING_COLOURS.reader))).toHaveLength(2);
});

test('in print it is cut between levels, each picture and word on one page', () => {
  const input = summaryInput(THIN);
  const uids = input.series.slices.map(slice => slice.sopInstanceUID);
  const levels = { ganglionic: uids.slice(0, 8), supraganglionic: uids.slice(8, 16) };
  const summary = renderSummary({ ...input, result: { ...input.result, levels } });
  const pages = summaryPages(summary);
  expect(pages.length).toBeGreaterThan(1);
  expect(pages.reduce((sum, { rows }) => sum + rows, 0)).toBe(summary.height);
  expect(pages.flatMap(({ captions }) => captions)).toHaveLength(
    summary.captions.length + (pages.length - 1) * summary.title.length
  );
  for (const { placed } of summary.sections) {
    for (const { bare, outlined } of placed) {
      const pageOf = (y: number) => pages.findIndex(({ top, rows }) => y >= top && y < top + rows);
      expect(pageOf(outlined.y + TILE - 1)).toBe(pageOf(bare.y));
    }
  }
  pages.forEach(({ height }) => expect(height / summary.width).toBeLessThanOrEqual(277 / 190));
  const [, { captions, head, height, rows }] = pages;
  // Whose it is, what came out and what it is for, above the rest.
  expect(captions.slice(0, head.length).map(({ text }) => text)).toEqual(
    pages[0].captions.slice(0, head.length).map(({ text }) => text)
  );
  expect(head.map(({ text }) => text).join()).toMatch(/^ASPECTS 8.*For research use only/);
  const { text, y } = captions[head.length];
  expect(text).toBe('Supraganglionic level: 8 of 8 slices, with outlines below');
  expect(y).toBeGreaterThanOrEqual(height - rows);
  head.forEach(line => expect(line.y + line.sizePx).toBeLessThan(height - rows));
});
