import type { AspectsResult, RegionResult } from '../../scoring/aspects/aspectsResult';
import { ASPECTS_REGIONS, SIDES, type Side } from '../../scoring/aspects/regions';
import { READING_COLOURS } from '../drawing/readingColours';
import { formattedNumber, isScoreSuspended } from '../text/renderReportText';
import type { ReportWords } from '../text/reportWords';
import { wordsAt, type SummaryCaption } from './summaryCaption';

const SIZE_PX = 15;
const ROW_PX = 24;
/** The patient's right first, as on the images. */
const COLUMNS = [...SIDES].reverse();
/**
 * Left edges of the two sides' columns, and in each the right edges of its numbers, pixels from
 * the table's own.
 */
const SIDE_X: Readonly<Record<Side, number>> = { right: 165, left: 495 };
const INFARCT_X = 225;
const DIFFERENCE_X = 310;

/**
 * The ten regions of both sides: reading (none as long as the score is suspended), infarct, difference of
 * attenuation to the other side.
 */
export function regionTable(
  result: AspectsResult,
  words: ReportWords,
  place: { readonly x: number; readonly y: number }
): SummaryCaption[] {
  const { table } = words;
  const isSuspended = isScoreSuspended(result);
  const head = COLUMNS.flatMap(side => [
    wordsAt(place.x + SIDE_X[side], place.y, table.sides[side], SIZE_PX + 2),
    ...cells(side, [table.reading, table.infarct, table.difference], { x: place.x, y: place.y + ROW_PX }),
  ]);
  const rows = ASPECTS_REGIONS.flatMap(({ id }, row) => {
    const y = place.y + (row + 2) * ROW_PX;
    return [
      wordsAt(place.x, y, words.regions[id], SIZE_PX),
      ...COLUMNS.flatMap(side => {
        const region = result.hemispheres[side].regions[row];
        const shown = cells(
          side,
          [
            isSuspended ? words.notScored : reading(region, words),
            infarct(region, words),
            difference(region, words),
          ],
          { x: place.x, y }
        );
        return region.affected && !isSuspended
          ? shown.map(cell => ({ ...cell, colour: READING_COLOURS.affected }))
          : shown;
      }),
    ];
  });
  return [wordsAt(place.x, place.y + ROW_PX, table.region, SIZE_PX), ...head, ...rows];
}

function cells(
  side: Side,
  [reading, infarct, difference]: readonly [string, string, string],
  { x, y }: { readonly x: number; readonly y: number }
): SummaryCaption[] {
  const left = x + SIDE_X[side];
  const number = (text: string, edge: number): SummaryCaption => ({
    text,
    x: left + edge,
    y,
    sizePx: SIZE_PX,
    align: 'right',
  });
  return [wordsAt(left, y, reading, SIZE_PX), number(infarct, INFARCT_X), number(difference, DIFFERENCE_X)];
}

function reading(region: RegionResult, { table }: ReportWords): string {
  if (region.source === 'reader') {
    return `${region.affected ? table.affected : table.normal} ${table.byReader}`;
  }
  if (region.volumeMl === 0) {
    return table.notFound;
  }
  return region.affected ? table.affected : table.normal;
}

function infarct({ volumeMl, infarctMl }: RegionResult, words: ReportWords): string {
  return volumeMl === 0 ? '' : formattedNumber(infarctMl, 1, words);
}

/** With its sign, a real minus: a hyphen is easily overlooked. */
function difference({ meanHu, contralateralMeanHu }: RegionResult, words: ReportWords): string {
  if (meanHu === null || contralateralMeanHu === null) {
    return '';
  }
  const value = meanHu - contralateralMeanHu;
  const size = formattedNumber(Math.abs(value), 1, words);
  if (Math.abs(value) < 0.05) {
    return size;
  }
  return `${value < 0 ? '\u2212' : '+'}${size}`;
}
