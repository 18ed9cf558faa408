import { LAST_PRIORITY } from '../queue/jobQueue';
import type { FoundStudy } from '../archive/archiveClient';

const FIRST = 1;
const HOUR_MS = 3_600_000;
const CENTURY_END = Date.UTC(2100, 0, 1);

/**
 * Newest first, by the hour, so that the order of jobs added at different times agrees; what is
 * urgent before all.
 *
 * @param urgent a site's rule: matches the study's description, or one of its origins
 * @param origins station names and AE titles of who made or sent the study
 */
export function priorityOf(
  { date, time, description }: FoundStudy,
  urgent?: RegExp,
  origins: readonly string[] = []
): number {
  if (urgent && [description, ...origins].some(text => urgent.test(text))) {
    return FIRST;
  }
  const parts = /^(\d{4})(\d\d)(\d\d)$/.exec(date);
  if (!parts) {
    return LAST_PRIORITY;
  }
  const [, year, month, day] = parts.map(Number);
  const hour = Number(time.slice(0, 2)) || 0;
  const hours = Math.floor((CENTURY_END - Date.UTC(year, month - 1, day, hour)) / HOUR_MS);
  return Math.min(LAST_PRIORITY, Math.max(FIRST + 1, hours));
}
