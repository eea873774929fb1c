import type { WantedTables } from "@foretile/app-kit";
import { InvalidArgumentError } from "commander";

import { parseDuration } from "./parse-duration.ts";

/** The family that holds predictions. */
const PREDICTION_FAMILY = "p";

/** A table of predictions, `NAME` or `NAME=MAX_AGE`, together with those given before. */
export function parseWantedTable(text: string, others: WantedTables = {}): WantedTables {
  const [, name = "", age] = /^([a-z0-9_-]{1,32})(?:=(.*))?$/s.exec(text) ?? [];
  if (name === "") {
    throw new InvalidArgumentError("Expected a table and how old its cells get: low=14d, or low");
  }
  if (Object.hasOwn(others, name)) throw new InvalidArgumentError(`Table ${name} is given twice`);
  const rule = age === undefined ? {} : { maxAgeMs: parseDuration(age) };
  return { ...others, [name]: { [PREDICTION_FAMILY]: rule } };
}
