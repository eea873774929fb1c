import type { AsOf } from "@foretile/version-store";
import { InvalidArgumentError } from "commander";

import { parseMoment } from "./parse-moment.ts";

/** How the option is described in a command's help. */
export const AS_OF_HELP = "7, -1 (newest), a time, snapshot:NAME or commit:ID";

/** Which version is meant: a number, one counted from the newest, a time, a snapshot or a commit. */
export function parseAsOf(text: string): AsOf {
  if (text.startsWith("snapshot:")) return { snapshot: text.slice("snapshot:".length) };
  if (text.startsWith("commit:")) return { commitId: text.slice("commit:".length) };
  if (/^-?[0-9]+$/.test(text)) {
    const number = Number(text);
    if (Number.isSafeInteger(number) && number !== 0) return number;
  } else if (text.includes("-")) {
    return { timestamp: parseMoment(text) };
  }
  throw new InvalidArgumentError(`Expected ${AS_OF_HELP}`);
}
