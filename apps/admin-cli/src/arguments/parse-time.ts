import { isKeyspaceError, startTimeToUnixSeconds } from "@foretile/keyspace";
import { InvalidArgumentError } from "commander";

/** A moment in whole unix seconds, from digits or from ISO 8601 text (UTC where there is no zone). */
export function parseTime(text: string): number {
  if (/^[0-9]{1,12}$/.test(text)) return Number(text);
  try {
    return startTimeToUnixSeconds(text);
  } catch (error) {
    if (!isKeyspaceError(error)) throw error;
    throw new InvalidArgumentError("Expected a time such as 2017-12-05T12:00:00Z, or unix seconds");
  }
}
