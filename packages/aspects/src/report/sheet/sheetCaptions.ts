import type { AspectsResult } from '../../scoring/aspects/aspectsResult';
import type { Level } from '../../scoring/aspects/regions';
import { fillTemplate } from '../text/fillTemplate';
import { REPORT_WORDS, type ReportWords } from '../text/reportWords';
import type { SheetInput } from './sheetInput';
import { TITLE_SIZE_PX } from './sheetTitle';

export const TITLE_LINE_PX = 26;

/** Words on a sheet; `x`, `y` is the upper left corner (upper right where `align` is `right`), pixels. */
export interface SheetCaption {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly sizePx: number;
  readonly align: 'left' | 'right';
}

interface PlacedSlice {
  readonly slice: number;
  readonly x: number;
  readonly y: number;
}

/** Title lines, a caption for each slice, and the patient's sides on its picture. */
export function sheetCaptions(
  input: SheetInput,
  title: readonly string[],
  tiles: readonly PlacedSlice[],
  { tile, captionHeight }: { tile: number; captionHeight: number }
): SheetCaption[] {
  const words: ReportWords = { ...REPORT_WORDS[input.language], ...input.words };
  const left = (text: string, x: number, y: number, sizePx: number): SheetCaption => ({
    text,
    x,
    y,
    sizePx,
    align: 'left',
  });
  return [
    ...title.map((text, line) => left(text, 10, 10 + line * TITLE_LINE_PX, TITLE_SIZE_PX)),
    ...tiles.flatMap(({ slice, x, y }) => [
      left(sliceCaption(input, slice, words), x + 2, y + 3, 15),
      left(words.sideLetters.right, x + 6, y + captionHeight + 6, 15),
      {
        text: words.sideLetters.left,
        x: x + tile - 6,
        y: y + captionHeight + 6,
        sizePx: 15,
        align: 'right' as const,
      },
    ]),
  ];
}

function sliceCaption({ series, result, sliceName }: SheetInput, slice: number, words: ReportWords): string {
  const { sopInstanceUID } = series.slices[slice];
  const level = levelOf(result, sopInstanceUID);
  if (sliceName) {
    return [sliceName(sopInstanceUID), level && words.levels[level]].filter(Boolean).join(' ');
  }
  const values = {
    number: String(slice + 1),
    count: String(series.slices.length),
    level: level ? words.levels[level] : ' ',
  };
  return fillTemplate(words.slice, values).trim();
}

function levelOf(result: AspectsResult, uid: string): Level | undefined {
  return (Object.keys(result.levels) as Level[]).find(level => result.levels[level].includes(uid));
}
