const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const shape = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;

/**
 * The time of an HTTP `Date` header (RFC 9110, IMF-fixdate) in milliseconds since 1970; `undefined` for other text.
 * Days are counted in years that begin in March, so that the leap day is the last.
 */
export function httpDateMs(text: string): number | undefined {
  const [, day = "", month = "", year = "", hours, minutes, seconds] = shape.exec(text) ?? [];
  const monthIndex = months.indexOf(month);
  if (monthIndex === -1) return undefined;
  const march = (monthIndex + 10) % 12;
  const marchYear = Number(year) - (monthIndex < 2 ? 1 : 0);
  const leapDays =
    Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  // 719 469 days from the first of March of the year 0 to the first of January 1970, less one for the day's own number.
  const days =
    marchYear * 365 + leapDays + Math.floor((march * 153 + 2) / 5) + Number(day) - 719_469;
  return (days * 86_400 + Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
}
