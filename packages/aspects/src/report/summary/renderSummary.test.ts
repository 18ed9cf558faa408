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
import type { SummaryImage } from './renderSummary';
import type { SummaryInput } from './summaryInput';
import { renderSummary } from './renderSummary';
import { TILE, TITLE_WIDTH } from './summaryLayout';
import { summaryPages } from './summaryPages';
import { MAX_SLICES_OF_LEVEL } from './summarySlices';

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

const [red, green, blue] = segmentColour(INFARCT_SEGMENT).map(value => value * 0.35 + 0.65 * 127.5);
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
    /A B.*, ACC-9, 2026-03-04 ASPECTS 8\/10 \(left\).*Changed by the reader: M1 \(L\) removed, M4 \(L\) added.*edited by the reader.*research use only/i
  );
  expect(text).not.toMatch(/\p{Cc}/u);
  // A letter of 18 px is some 10 px wide.
  title.forEach(caption => expect(caption.text.length * 10).toBeLessThanOrEqual(TITLE_WIDTH));
  const below = Math.min(...summary.captions.filter(({ sizePx }) => sizePx !== 18).map(({ y }) => y));
  title.forEach(({ y }) => expect(y + 18).toBeLessThan(below));
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

function pixelsOf({ rgba }: SummaryImage, colour: readonly number[]): number {
  let found = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    found += colour.every((value, channel) => rgba[i + channel] === value) ? 1 : 0;
  }
  return found;
}

test('affected regions have the one colour of the screen, and what the reader decided a white border', () => {
  const summary = renderSummary(summaryInput(TILTED_UNEVEN));
  expect(pixelsOf(summary, READING_COLOURS.affected)).toBeGreaterThan(100);
  expect(pixelsOf(summary, READING_COLOURS.reader)).toBeGreaterThan(100);
  expect(pixelsOf(summary, segmentColour(segmentIndexOf('I', 'left')))).toBe(0);
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
  expect(pixelsOf(summary, READING_COLOURS.affected) + pixelsOf(summary, READING_COLOURS.reader)).toBe(0);
  expect(summary.captions.some(({ colour }) => colour === READING_COLOURS.affected)).toBe(false);
});

test('the schematic fills affected regions alone, mirrors the left, and gives the reader a white border', () => {
  const { shapes } = renderSummary(summaryInput(TILTED_UNEVEN));
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
  expect(pages.reduce((sum, { height }) => sum + height, 0)).toBe(summary.height);
  expect(pages.flatMap(({ captions }) => captions)).toHaveLength(summary.captions.length);
  for (const { placed } of summary.sections) {
    for (const { bare, outlined } of placed) {
      const pageOf = (y: number) => pages.findIndex(({ top, height }) => y >= top && y < top + height);
      expect(pageOf(outlined.y + TILE - 1)).toBe(pageOf(bare.y));
    }
  }
  pages.forEach(({ height }) => expect(height / summary.width).toBeLessThanOrEqual(277 / 190));
  const texts = pages[1].captions.map(({ text }) => text);
  expect(texts[0]).toBe('Supraganglionic level: 8 of 8 slices, with outlines below');
});
