import { REFUSAL_CODES } from '@deep-aspects/aspects/series';
import { translate } from '../i18n/translate';
import { isUrgent, type StudyOutcome } from './studyOutcome';

/** Light enough for the host's black list: its own colour of warning is too dark to read there. */
const URGENT_STYLE = 'color: #ff8080; font-weight: 600';

/** Draws an outcome into a cell; undefined: not known yet. */
export function renderOutcome(element: HTMLElement, outcome: StudyOutcome | undefined): void {
  const urgent = isUrgent(outcome);
  element.textContent = outcomeText(outcome);
  element.title = titleOf(outcome, urgent);
  element.setAttribute('style', urgent ? URGENT_STYLE : '');
  element.dataset.state = outcome?.state ?? 'unknown';
  element.dataset.urgent = String(urgent);
  element.dataset.score = outcome && 'score' in outcome ? String(outcome.score) : '';
  element.dataset.side = outcome && 'score' in outcome ? outcome.side : '';
}

/** What stands in the cell. */
export function outcomeText(outcome: StudyOutcome | undefined): string {
  return isUrgent(outcome) ? `! ${plainText(outcome)}` : plainText(outcome);
}

function plainText(outcome: StudyOutcome | undefined): string {
  if (!outcome || outcome.state === 'none') {
    return outcome ? '–' : '';
  }
  if (!('score' in outcome)) {
    return translate(`worklist.${outcome.state}`);
  }
  if (outcome.haemorrhageSuspected) {
    return translate('worklist.haemorrhage');
  }
  const side = outcome.side === 'none' ? '' : ` ${translate(`worklistSide.${outcome.side}`)}`;
  return `${outcome.score}${side}`;
}

function titleOf(outcome: StudyOutcome | undefined, urgent: boolean): string {
  if (!outcome) {
    return '';
  }
  const parts = [
    urgent ? translate('worklist.urgent') : '',
    outcome.state === 'refused' ? refusalReason(outcome.code) : '',
    outcome.state === 'failed' ? outcome.reason : '',
    outcome.state === 'changed' ? translate('worklist.changed') : '',
  ];
  return parts.filter(Boolean).join(', ');
}

/** In words, with the code that a support asks for; a code of a later version is all that is known of it. */
function refusalReason(code: string): string {
  const known = REFUSAL_CODES.find(one => one === code);
  return known ? `${translate(`refusal.${known}`)} (${code})` : code;
}
