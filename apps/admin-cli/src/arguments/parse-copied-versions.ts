import type { CopiedVersions } from "@foretile/version-store";
import { InvalidArgumentError } from "commander";

/** Which versions of each symbol are copied: `newest`, `all`, or so many of the newest. */
export function parseCopiedVersions(text: string): CopiedVersions {
  if (text === "newest" || text === "all") return text;
  const last = Number(text);
  if (/^[0-9]{1,9}$/.test(text) && last >= 1) return { last };
  throw new InvalidArgumentError("Expected newest, all, or how many of the newest");
}
