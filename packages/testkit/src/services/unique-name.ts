import { randomBytes } from "node:crypto";

/** A name that no other test file, process or run has: letters and digits only, the first a letter. */
export function uniqueName(): string {
  return `t${randomBytes(8).toString("hex")}`;
}
