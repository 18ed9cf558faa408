import { isUid } from './uid';
import { boundedText } from './values';

type Check = (text: string) => string;

const keptWhere =
  (fits: (text: string) => boolean): Check =>
  text =>
    fits(text) ? text : '';

const matching = (pattern: RegExp): Check => keptWhere(text => pattern.test(text));
/** Every one of several values. */
const each = (check: Check): Check =>
  keptWhere(text => text.split('\\').every(value => value !== '' && check(value) === value));
/** Free text says the same when it is cut. */
const cutTo =
  (length: number): Check =>
  text =>
    boundedText(text, length);
/** An identifier that is cut is another one. */
const wholeTo =
  (length: number): Check =>
  text => {
    const clean = boundedText(text, Infinity);
    return clean.length <= length ? clean : '';
  };

const decimal = matching(/^(?=.{1,16}$) *[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)? *$/);
const codeString = matching(/^[A-Z0-9_ ]{1,16}$/);

/**
 * What a value representation holds (PS3.5 table 6.2-1): a value that fits, mended where nothing is lost by
 * it, or an empty one.
 */
export const SOURCE_VALUE_CHECKS = {
  personName,
  date: keptWhere(isDate),
  time: matching(/^([01]\d|2[0-3])([0-5]\d((?:[0-5]\d|60)(\.\d{1,6})?)?)?$/),
  timezone: matching(/^[+-](0\d|1[0-4])[0-5]\d$/),
  age: matching(/^\d{3}[DWMY]$/),
  decimal,
  decimals: each(decimal),
  codeString,
  codeStrings: each(codeString),
  sex: matching(/^[MFO]$/),
  yesOrNo: matching(/^(YES|NO)$/),
  uid: keptWhere(isUid),
  shortIdentifier: wholeTo(16),
  longIdentifier: wholeTo(64),
  longText: cutTo(64),
} as const satisfies Record<string, Check>;

export type SourceValueCheck = keyof typeof SOURCE_VALUE_CHECKS;

function isDate(text: string): boolean {
  const parts = /^(\d{4})(\d\d)(\d\d)$/.exec(text);
  const iso = parts ? `${parts[1]}-${parts[2]}-${parts[3]}` : '';
  const instant = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(iso);
}

/** At most three groups of five components, 64 characters a group (PS3.5 6.2). */
function personName(text: string): string {
  const groups = text.split('=').slice(0, 3);
  return groups
    .map(group => boundedText(group.split('^').slice(0, 5).join('^'), 64).replace(/\^+$/, ''))
    .join('=')
    .replace(/=+$/, '');
}
