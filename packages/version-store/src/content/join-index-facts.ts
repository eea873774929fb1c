import type { IndexFacts } from "../value/index-bounds.ts";

/** What can be said about the index of rows and of those that follow them. */
export function joinIndexFacts(
  before: IndexFacts | undefined,
  after: IndexFacts | undefined,
): IndexFacts | undefined {
  if (before === undefined || after === undefined) return before ?? after;
  return {
    first: before.first,
    last: after.last,
    min: before.min < after.min ? before.min : after.min,
    max: before.max > after.max ? before.max : after.max,
    sorted: before.sorted && after.sorted && before.last <= after.first,
  };
}
