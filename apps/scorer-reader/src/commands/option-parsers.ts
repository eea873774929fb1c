import { isKeyspaceError, startTimeToUnixSeconds } from "@foretile/keyspace";
import { InvalidArgumentError } from "commander";

/** Reads a whole number from `min` to `max`. Commander turns the error into a usage error that names the option. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** Reads a moment: ISO 8601, or whole seconds since 1970. */
export function moment(text: string): number {
  if (/^[0-9]{1,12}$/.test(text)) return Number(text);
  try {
    return startTimeToUnixSeconds(text);
  } catch (error) {
    if (!isKeyspaceError(error)) throw error;
    throw new InvalidArgumentError("It must be an ISO 8601 time or whole unix seconds.");
  }
}
