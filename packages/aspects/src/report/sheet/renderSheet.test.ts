import {
  FEET_FIRST,
  PRONE,
  syntheticReport,
  TILTED_UNEVEN,
  type SeriesShape,
} from '../../../testing/syntheticReport';
import { segmentIndexOf } from '../../scoring/aspects/regions';
import type { HeadCtSeries, Vec3 } from '../../series/headCtSeries';
import { INFARCT_SEGMENT, segmentColour } from '../dicom/seg/segmentColours';
import { READING_COLOURS } from '../drawing/readingColours';
import type { PictureSheet } from './renderSheet';
import type { SheetInput } from './sheetInput';
import { renderSheet } from './renderSheet';

/** A made-up series with HU, a plane of 35 HU all over; masks may be replaced. */
function sheetInput(shape: SeriesShape, masks?: Pick<SheetInput, 'regions' | 'infarct'>): SheetInput {
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

/** Mean position (0-1) of a colour in the sheet, from its left and top. */
function centreOf(
  { width, height, rgba }: PictureSheet,
  isColour: (r: number, g: number, b: number) => boolean
) {
  let count = 0;
  const sum = { x: 0, y: 0 };
  for (let at = 0; at < width * height; at++) {
    if (isColour(rgba[at * 4], rgba[at * 4 + 1], rgba[at * 4 + 2])) {
      count++;
      sum.x += (at % width) / width;
      sum.y += Math.floor(at / width) / height;
    }
  }
  return { count, x: sum.x / count, y: sum.y / count };
}

const [red, green, blue] = segmentColour(INFARCT_SEGMENT).map(value => value * 0.5 + 0.5 * 127.5);
const isInfarct = (r: number, g: number, b: number) =>
  Math.abs(r - red) < 3 && Math.abs(g - green) < 3 && Math.abs(b - blue) < 3;

/** One slice whose left anterior quarter (the patient's) is infarct and region M1, in the orientation of the series. */
function leftAnteriorMasks(shape: SeriesShape): Pick<SheetInput, 'regions' | 'infarct'> {
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
    const input = sheetInput(shape, leftAnteriorMasks(shape));
    const levels = { ganglionic: [input.series.slices[4].sopInstanceUID], supraganglionic: [] };
    const hemispheres = { left: { score: 10, regions: [] }, right: { score: 10, regions: [] } };
    const sheet = renderSheet({ ...input, result: { ...input.result, levels, hemispheres } });
    const infarct = centreOf(sheet, isInfarct);
    const markers = sheet.captions.filter(caption => ['L', 'R'].includes(caption.text));
    const [right, left] = [
      markers.find(({ text }) => text === 'R')!,
      markers.find(({ text }) => text === 'L')!,
    ];
    const middle = (right.x + left.x) / 2 / sheet.width;
    expect(infarct.count).toBeGreaterThan(1000);
    expect(infarct.x).toBeGreaterThan(middle + 0.05);
    // The overlay is the lower picture: its middle is three quarters down.
    expect(infarct.y).toBeLessThan(0.75);
    expect(infarct.y).toBeGreaterThan(0.5);
  }
);

test('names slice, level and result, and the patient only where asked to', () => {
  const input = sheetInput(TILTED_UNEVEN);
  const texts = (sheet: PictureSheet) => sheet.captions.map(caption => caption.text);
  const plain = texts(renderSheet(input));
  expect(plain[0]).toMatch(/^ASPECTS 8\/10 \(left\)/);
  expect(plain).toContain('Slice 5 of 9 (ganglionic level)');
  expect(plain.join()).not.toContain('SYN-1');
  const german = texts(renderSheet({ ...input, language: 'de', patient: { name: 'A^B', id: 'SYN-1' } }));
  expect(german[0]).toBe('A B, SYN-1');
  expect(german).toContain('Schicht 5 von 9 (ganglionäre Ebene)');
});

test('is refused where the pixels were handed to a worker', () => {
  const input = sheetInput(TILTED_UNEVEN);
  const slices = input.series.slices.map(slice => ({ ...slice, hu: new Int16Array(0) }));
  expect(() => renderSheet({ ...input, series: { ...input.series, slices } })).toThrow(RangeError);
});

test('the title says who, when, what and what for, wrapped within the sheet and without control characters', () => {
  const sheet = renderSheet({
    ...sheetInput(TILTED_UNEVEN),
    patient: { name: 'Long^Name'.repeat(20), id: 'A\u0000B\u009b' },
    study: { date: '20260304', accession: 'ACC-9' },
  });
  const title = sheet.captions.filter(({ sizePx, x }) => sizePx === 18 && x === 10);
  const text = title.map(caption => caption.text).join(' ');
  expect(text).toMatch(/A B.*, ACC-9, 2026-03-04 ASPECTS 8\/10 \(left\).*For research use only/);
  expect(text).not.toMatch(/\p{Cc}/u);
  // A letter of 18 px is some 10 px wide.
  title.forEach(caption => expect(caption.text.length * 10).toBeLessThan(sheet.width));
  const firstPicture = Math.min(...sheet.captions.filter(({ sizePx }) => sizePx === 15).map(({ y }) => y));
  title.forEach(({ y }) => expect(y + 18).toBeLessThan(firstPicture));
});

test('a slice is called what the viewer calls it', () => {
  const input = sheetInput(TILTED_UNEVEN);
  const uid = input.series.slices[4].sopInstanceUID;
  const sheet = renderSheet({ ...input, sliceName: one => (one === uid ? 'I: 18 (5/9)' : 'another') });
  expect(sheet.captions.map(({ text }) => text)).toContain('I: 18 (5/9) (ganglionic level)');
});

test('affected regions have the one colour of the screen, and what the reader decided a white border', () => {
  const input = sheetInput(TILTED_UNEVEN);
  const { rgba } = renderSheet(input);
  const count = (colour: readonly number[]) => {
    let found = 0;
    for (let i = 0; i < rgba.length; i += 4) {
      found += colour.every((value, channel) => rgba[i + channel] === value) ? 1 : 0;
    }
    return found;
  };
  expect(count(READING_COLOURS.affected)).toBeGreaterThan(100);
  expect(count(READING_COLOURS.reader)).toBeGreaterThan(100);
  expect(count(segmentColour(segmentIndexOf('I', 'left')))).toBe(0);
});
