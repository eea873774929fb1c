/**
 * What made a version.
 *
 * - `write`: a whole new value
 * - `append`: the value before, and rows after it
 * - `update`: the value before with a range of rows replaced
 * - `delete-range`: the value before without a range of rows
 * - `metadata`: the value before with other metadata
 * - `restore`: the value and metadata of an earlier version
 * - `delete`: nothing; the symbol has no value from here on
 */
export type Operation =
  | "write"
  | "append"
  | "update"
  | "delete-range"
  | "metadata"
  | "restore"
  | "delete";

const operations: ReadonlySet<string> = new Set<Operation>([
  "write",
  "append",
  "update",
  "delete-range",
  "metadata",
  "restore",
  "delete",
]);

export function isOperation(text: unknown): text is Operation {
  return typeof text === "string" && operations.has(text);
}
