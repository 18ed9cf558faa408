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
import { TITLE_SIZE_PX } from './summaryTitle';

/**
 * Title lines, a heading for each level, and for each slice its name and the patient's sides on its pictures.
 */
export function summaryCaptions(
  input: SummaryInput,
  words: ReportWords,
  title: readonly string[],
  layout: SummaryLayout
): SummaryCaption[] {
  return [
    ...title.map((text, line) =>
      wordsAt(layout.title.x, layout.title.y + line * TITLE_LINE_PX, text, TITLE_SIZE_PX)
    ),
    ...layout.sections.flatMap(section => [
      wordsAt(section.heading.x, section.heading.y, heading(section, words), 17),
      ...legendAt(input, words, section.heading.y),
      ...section.placed.flatMap(placed => sliceCaptions(input, words, placed)),
    ]),
  ];
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
