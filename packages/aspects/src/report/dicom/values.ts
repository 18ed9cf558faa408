/**
 * A number as DICOM Decimal String: at most 16 characters, the shortest text that keeps the value where 16
 * suffice, else the nearest that fits (PS3.5 6.2). Throws RangeError for what is not finite.
 */
export function decimalString(value: number): string {
  if (!Number.isFinite(value)) {
    throw new RangeError(`${value} has no DICOM decimal string`);
  }
  const exact = String(value === 0 ? 0 : value);
  if (exact.length <= 16) {
    return exact;
  }
  for (let digits = 16; digits > 0; digits--) {
    const shorter = String(Number(value.toPrecision(digits)));
    // Rounding the largest of numbers up gives infinity.
    if (shorter.length <= 16 && Number.isFinite(Number(shorter))) {
      return shorter;
    }
  }
  return value.toExponential(8);
}

/** Date and time of an instant in the time zone that the study's own times are in. */
export interface DicomDateTime {
  /** DA, `YYYYMMDD`. */
  readonly date: string;
  /** TM, `HHMMSS`. */
  readonly time: string;
  /** DT with offset, `YYYYMMDDHHMMSS.FFF000&ZZXX`. */
  readonly dateTime: string;
}

/**
 * @param iso ISO 8601 with time zone.
 * @param timezoneOffset (0008,0201) of the study, `&ZZXX`; absent: the local zone of this machine, as
 * scanners do. Throws RangeError where `iso` is no date.
 */
export function dicomDateTime(iso: string, timezoneOffset?: string): DicomDateTime {
  const instant = new Date(iso);
  if (Number.isNaN(instant.getTime())) {
    throw new RangeError(`"${iso}" is not an ISO 8601 date and time`);
  }
  const minutes = offsetMinutes(timezoneOffset) ?? -instant.getTimezoneOffset();
  const local = new Date(instant.getTime() + minutes * 60_000).toISOString();
  const date = local.slice(0, 10).replace(/-/g, '');
  const time = local.slice(11, 19).replace(/:/g, '');
  const sign = minutes < 0 ? '-' : '+';
  const zone = `${sign}${pad(Math.trunc(Math.abs(minutes) / 60))}${pad(Math.abs(minutes) % 60)}`;
  return { date, time, dateTime: `${date}${time}.${local.slice(20, 23)}000${zone}` };
}

/** ISO 8601 (UTC) of a DICOM DT value; undefined where it is none. A missing offset means the local zone. */
export function isoOfDicomDateTime(dateTime: string): string | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,6}))?([+-]\d{4})?$/.exec(dateTime.trim());
  if (!parts) {
    return undefined;
  }
  const [, year, month, day, hour, minute, second, fraction = '0', zone] = parts;
  const offset = zone ? `${zone.slice(0, 3)}:${zone.slice(3)}` : '';
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3);
  return new Date(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${offset}`
  ).toISOString();
}

function offsetMinutes(offset: string | undefined): number | undefined {
  const parts = /^([+-])(\d\d)(\d\d)$/.exec(offset?.trim() ?? '');
  return parts ? Number(`${parts[1]}1`) * (Number(parts[2]) * 60 + Number(parts[3])) : undefined;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** Text cut to what a value representation holds, without the separator `\` and control characters. */
export function boundedText(text: string, maxLength: number): string {
  const clean = Array.from(text, character => (character < ' ' || character === '\\' ? ' ' : character));
  return clean.slice(0, maxLength).join('').trim();
}
