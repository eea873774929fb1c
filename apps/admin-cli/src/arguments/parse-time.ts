import { parseMoment } from "./parse-moment.ts";

/** A moment in whole unix seconds, from digits or from ISO 8601 text, a date or a date and a time. */
export function parseTime(text: string): number {
  return /^[0-9]{1,12}$/.test(text) ? Number(text) : Math.floor(parseMoment(text) / 1000);
}
