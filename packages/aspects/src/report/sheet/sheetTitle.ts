import { renderReportText } from '../text/renderReportText';
import { REPORT_WORDS, type ReportWords } from '../text/reportWords';
import type { SheetInput } from './sheetInput';

export const TITLE_SIZE_PX = 18;
/** Mean width of a letter of common sans-serif fonts, as a share of their size; on the safe side. */
const LETTER_SHARE = 0.56;
/** Control characters of names in the wild: a canvas draws boxes for them. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g;

/** Who and when, the result, and what the sheet is for: each wrapped to the sheet's width (pixels). */
export function sheetTitle(input: SheetInput, width: number): string[] {
  const words: ReportWords = { ...REPORT_WORDS[input.language], ...input.words };
  const { patient, study } = input;
  const who = [
    patient?.name?.replace(/\^+/g, ' '),
    patient?.id,
    study?.accession,
    study?.date?.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'),
  ];
  const lines = [
    who.filter(Boolean).join(', '),
    renderReportText(input.result, { form: 'short', language: input.language, words: input.words }),
    words.notice,
  ];
  const letters = Math.floor((width - 20) / (TITLE_SIZE_PX * LETTER_SHARE));
  return lines.filter(Boolean).flatMap(line => wrapped(line.replace(CONTROL, ' '), letters));
}

/** Lines of at most that many letters, broken between words; a longer word is cut. */
export function wrapped(text: string, letters: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= letters) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      for (let at = 0; at < word.length; at += letters) {
        lines.push(word.slice(at, at + letters));
      }
    }
  }
  return lines;
}
