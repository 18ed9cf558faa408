import { fillTemplate } from '../text/fillTemplate';
import type { ReportWords } from '../text/reportWords';
import { wordsAt, type SummaryCaption } from './summaryCaption';
import type { SummaryInput } from './summaryInput';
import { legendAt } from './summaryLegend';
import {
  TILE,
  TITLE_LINE_PX,
  type PlacedSection,
  type PlacedSlice,
  type SummaryLayout,
} from './summaryLayout';
import { SLICE_WINDOW } from './slicePictures';
import { TITLE_SIZE_PX } from './summaryTitle';

/** As the viewer writes it. */
const WINDOW = `W: ${SLICE_WINDOW.width} L: ${SLICE_WINDOW.centre}`;

/** The lines of the title. */
export function titleCaptions(lines: readonly string[], { title }: SummaryLayout): SummaryCaption[] {
  return lines.map((text, line) => wordsAt(title.x, title.y + line * TITLE_LINE_PX, text, TITLE_SIZE_PX));
}

/**
 * A heading for each level, and for each slice its name, its window and the patient's sides on its pictures.
 */
export function summaryCaptions(
  input: SummaryInput,
  words: ReportWords,
  layout: SummaryLayout
): SummaryCaption[] {
  return layout.sections.flatMap(section => [
    wordsAt(section.heading.x, section.heading.y, heading(section, words), 17),
    ...legendAt(input, words, section.heading.y),
    ...section.placed.flatMap(placed => sliceCaptions(input, words, placed)),
  ]);
}

function heading({ level, slices, count }: PlacedSection, words: ReportWords): string {
  return level
    ? fillTemplate(words.levelHeadings[level], { shown: String(slices.length), count: String(count) })
    : words.otherHeading;
}

function sliceCaptions(
  input: SummaryInput,
  words: ReportWords,
  { slice, caption, bare, outlined }: PlacedSlice
): SummaryCaption[] {
  return [
    wordsAt(caption.x + 2, caption.y + 3, sliceCaption(input, slice, words), 15),
    { text: WINDOW, x: caption.x + TILE - 6, y: caption.y + 3, sizePx: 15, align: 'right' },
    ...[bare, outlined].flatMap(({ x, y }): SummaryCaption[] => [
      wordsAt(x + 6, y + 6, words.sideLetters.right, 15),
      { text: words.sideLetters.left, x: x + TILE - 6, y: y + 6, sizePx: 15, align: 'right' },
    ]),
  ];
}

function sliceCaption({ series, sliceName }: SummaryInput, slice: number, words: ReportWords): string {
  return sliceName
    ? sliceName(series.slices[slice].sopInstanceUID)
    : fillTemplate(words.slice, { number: String(slice + 1), count: String(series.slices.length) });
}
