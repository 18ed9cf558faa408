import { LAST_PRIORITY } from '../queue/jobQueue';
import { isDated, type FoundStudy } from '../archive/archiveClient';

const FIRST = 1;
const HOUR_MS = 3_600_000;
const CENTURY_END = Date.UTC(2100, 0, 1);

export interface PriorityCircumstances {
  /** A site's rule: matches the study's description, or one of its origins. */
  readonly urgent?: RegExp;
  /** Station names and AE titles of who made or sent the study. */
  readonly origins?: readonly string[];
  readonly now: Date;
  /** When a study without a date came; undefined: before anybody looked. */
  readonly arrivedAt?: Date;
}

/**
 * Newest first, by the hour, so that the order of jobs added at different times agrees; what is
 * urgent before all. A study dated later than now has just come: a scanner's clock that is ahead, or its
 * time zone, keeps no other waiting. So has one without a date that came while the archive was watched; what
 * lay there before goes last.
 */
export function priorityOf(
  study: Pick<FoundStudy, 'date' | 'time' | 'description'>,
  { urgent, origins = [], now, arrivedAt }: PriorityCircumstances
): number {
  if (urgent && [study.description, ...origins].some(text => urgent.test(text))) {
    return FIRST;
  }
  const made = isDated(study) ? studyTime(study) : arrivedAt && localTime(arrivedAt);
  if (made === undefined) {
    return LAST_PRIORITY;
  }
  const hours = Math.floor((CENTURY_END - Math.min(made, localTime(now))) / HOUR_MS);
  return Math.min(LAST_PRIORITY, Math.max(FIRST + 1, hours));
}

/** To the hour. Study Date and Time are a clock's on a wall, of an unknown time zone (PS3.3 C.12.1.1.8). */
function studyTime({ date, time }: Pick<FoundStudy, 'date' | 'time'>): number {
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6)].map(Number);
  return Date.UTC(year, month - 1, day, Number(time.slice(0, 2)) || 0);
}

/** What a clock on the wall of this machine shows, to the hour, in the same count. */
function localTime(date: Date): number {
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate(), date.getHours());
}
