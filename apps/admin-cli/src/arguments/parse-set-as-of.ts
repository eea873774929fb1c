import type { SetAsOf } from "@foretile/trace-store";
import { InvalidArgumentError } from "commander";

import { parseMoment } from "./parse-moment.ts";

/** How the option is described in a command's help. */
export const SET_AS_OF_HELP = "snapshot:NAME, or a time: what was there then";

/** Which state of a whole trace set is meant. */
export function parseSetAsOf(text: string): SetAsOf {
  if (text.startsWith("snapshot:")) return { snapshot: text.slice("snapshot:".length) };
  if (text.includes("-")) return { timestamp: parseMoment(text) };
  throw new InvalidArgumentError(`Expected ${SET_AS_OF_HELP}`);
}
