import { readerChanges, renderReportText } from '../text/renderReportText';
import type { ReportWords } from '../text/reportWords';
import type { SummaryInput } from './summaryInput';
import { TITLE_WIDTH } from './summaryLayout';

export const TITLE_SIZE_PX = 18;
/** Mean width of a letter of common sans-serif fonts, as a share of their size; on the safe side. */
const LETTER_SHARE = 0.56;

/**
 * Who and when, the result, what the reader changed, what made it and what it is for: each wrapped to the
 * summary's width.
 */
export function summaryTitle(input: SummaryInput, words: ReportWords): string[] {
  const { patient, study, result, edited, language } = input;
  const who = [
    patient?.name?.replace(/\^+/g, ' '),
    patient?.id,
    study?.accession,
    study?.date?.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'),
  ];
  const text = renderReportText(result, { form: 'short', language, words: input.words, edited });
  const changes = readerChanges(result, words);
  // Whatever a site's template holds.
  const unsaid = [changes && `${words.changed}: ${changes}`, edited?.infarct ? words.maskEdited : ''].filter(
    line => line && !text.includes(line)
  );
  const lines = [
    who.filter(Boolean).join(', '),
    ...text.split('\n'),
    ...unsaid,
    `${result.software.name} ${result.software.version}. ${words.notice}`,
  ];
  const letters = Math.floor(TITLE_WIDTH / (TITLE_SIZE_PX * LETTER_SHARE));
  return lines.filter(Boolean).flatMap(line => wrapped(line, letters));
}

/** A number stays with its unit. */
const BEFORE_A_UNIT = /(?<=\d) (?=ml|%)/g;
const BOUND = '\u00a0';

/** Lines of at most that many letters, broken between words; a longer word is cut. */
function wrapped(text: string, letters: number): string[] {
  const lines: string[] = [];
  for (const word of text.replace(/\s+/g, ' ').replace(BEFORE_A_UNIT, BOUND).split(' ').filter(Boolean)) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= letters) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      for (let at = 0; at < word.length; at += letters) {
        lines.push(word.slice(at, at + letters));
      }
    }
  }
  return lines.map(line => line.replaceAll(BOUND, ' '));
}
