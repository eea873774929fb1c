import { KeyspaceError } from "./keyspace-error.ts";

const DAY_SECONDS = 86_400;
const MAX_UNIX_SECONDS = 253_402_300_799; // 9999-12-31T23:59:59Z

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:(Z)|([+-])(\d{2}):(\d{2}))?$/;

/**
 * Whole seconds since 1970-01-01T00:00:00Z of an ISO 8601 date and time.
 *
 * `YYYY-MM-DDTHH:MM[:SS[.fraction]][Z|±HH:MM]`; a space may stand for `T`. Without a zone the text counts as UTC, with
 * one it is converted, whatever the machine's own zone is. A fraction is cut off. The calendar is checked (no February
 * 30th, no hour 24, no second 60).
 *
 * @throws {KeyspaceError} `malformed` for other text, or a date that does not exist or lies before 1970
 */
export function startTimeToUnixSeconds(text: string): number {
  const match = pattern.exec(text);
  if (match === null) throw malformed(text);
  // A part that is left out reads as 0.
  const part = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  const [hour, minute, second] = [part(4), part(5), part(6)];
  const [zoneHour, zoneMinute] = [part(9), part(10)];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) throw malformed(text);
  if (hour > 23 || minute > 59 || second > 59) throw malformed(text);
  if (zoneHour > 23 || zoneMinute > 59) throw malformed(text);

  const local = daysFromCivil(year, month, day) * DAY_SECONDS + clockSeconds(hour, minute, second);
  const offset = clockSeconds(zoneHour, zoneMinute, 0) * (match[8] === "-" ? -1 : 1);
  const seconds = local - offset;
  if (seconds < 0 || seconds > MAX_UNIX_SECONDS) throw malformed(text);
  return seconds;
}

/**
 * `2017-12-05T12:00:00Z` for 1512475200.
 *
 * @param unixSeconds whole seconds since 1970, up to the end of the year 9999
 * @throws {KeyspaceError} `invalid-argument` for anything else
 */
export function unixSecondsToIso(unixSeconds: number): string {
  if (!Number.isInteger(unixSeconds) || unixSeconds < 0 || unixSeconds > MAX_UNIX_SECONDS) {
    throw new KeyspaceError(
      "invalid-argument",
      `seconds must be whole and in the years 1970 to 9999 unixSeconds=${unixSeconds}`,
    );
  }
  const { year, month, day } = civilFromDays(Math.floor(unixSeconds / DAY_SECONDS));
  const rest = unixSeconds % DAY_SECONDS;
  const clock = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60];
  return `${year}-${two(month)}-${two(day)}T${clock.map(two).join(":")}Z`;
}

// Both conversions count years from March, so that the leap day is the last day of a year, and eras of 400 years of
// 146097 days. After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar. */
function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}

function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

function daysInMonth(year: number, month: number): number {
  const [nextYear, nextMonth] = month === 12 ? [year + 1, 1] : [year, month + 1];
  return daysFromCivil(nextYear, nextMonth, 1) - daysFromCivil(year, month, 1);
}

function clockSeconds(hour: number, minute: number, second: number): number {
  return hour * 3600 + minute * 60 + second;
}

function two(value: number): string {
  return value.toString().padStart(2, "0");
}

function malformed(text: string): KeyspaceError {
  return new KeyspaceError(
    "malformed",
    `not an ISO 8601 time from 1970 on text=${JSON.stringify(text)}`,
  );
}
