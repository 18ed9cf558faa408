import type { AspectsResult } from '../../scoring/aspects/aspectsResult';
import { INFARCT_CLASS, INFARCT_CLASSES } from '../../scoring/aspects/infarctClasses';
import { SIDES } from '../../scoring/aspects/regions';
import { INFARCT_CLASS_COLOURS, READING_COLOURS, type Rgb } from '../drawing/readingColours';
import { isScoreSuspended } from '../text/renderReportText';
import type { ReportWords } from '../text/reportWords';
import { wordsAt, type SummaryCaption } from './summaryCaption';
import type { SummaryInput } from './summaryInput';

/** Right of the longest heading. */
const LEGEND_X = 664;
const STEP_X = 165;

/** What the colours mean that occur on this summary, each in its own, next to a heading at that height. */
export function legendAt({ result, infarct }: SummaryInput, words: ReportWords, y: number): SummaryCaption[] {
  const present = INFARCT_CLASSES.filter(name => infarct.some(plane => plane.includes(INFARCT_CLASS[name])));
  const entries: { text: string; colour: Rgb }[] = [
    ...(marksRegions(result) ? [{ text: words.legend.affected, colour: READING_COLOURS.affected }] : []),
    ...present.map(name => ({
      text: words.legend[name === 'acute' && !result.oldInfarct ? 'undated' : name],
      colour: INFARCT_CLASS_COLOURS[INFARCT_CLASS[name] - 1],
    })),
  ];
  return entries.map(({ text, colour }, index) => ({
    ...wordsAt(LEGEND_X + index * STEP_X, y, text, 15),
    colour,
  }));
}

function marksRegions(result: AspectsResult): boolean {
  return (
    !isScoreSuspended(result) &&
    SIDES.some(side => result.hemispheres[side].regions.some(({ affected }) => affected))
  );
}
