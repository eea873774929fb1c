import { isKeyspaceError, startTimeToUnixSeconds } from "@foretile/keyspace";
import { InvalidArgumentError } from "commander";

/**
 * A moment in whole milliseconds since 1970, from ISO 8601 text: UTC where there is no zone, midnight where there is
 * only a date, what is finer than a millisecond cut off.
 */
export function parseMoment(text: string): number {
  const [, fraction = ""] = /\.([0-9]{1,3})/.exec(text) ?? [];
  const isDate = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text);
  try {
    const seconds = startTimeToUnixSeconds(isDate ? `${text}T00:00` : text);
    return seconds * 1000 + Number(fraction.padEnd(3, "0"));
  } catch (error) {
    if (!isKeyspaceError(error)) throw error;
    throw new InvalidArgumentError("Expected a time such as 2017-12-05T12:00:00Z");
  }
}
