import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import type { BlobTable } from "./blob-table.ts";
import type { DueRoots } from "./due-roots.ts";
import { headRefs } from "./listed-refs.ts";
import { MarkVisitor } from "./mark.ts";
import { Walk } from "./walk.ts";
import { openHead, walkRemoval } from "./walk-head.ts";

/**
 * Notes what removals name as listed: what may be deleted with them. What cannot be read any more was deleted by an
 * earlier collection; what only that named is left to a collection of the whole library.
 */
export async function markCandidates(
  context: LibraryContext,
  table: BlobTable,
  { removals }: DueRoots,
  options: CallOptions,
): Promise<void> {
  const visitor = new MarkVisitor({
    table,
    mark: "listed",
    marksUnsound: true,
    keepsRemoval: () => true,
    keepsDropped: () => false,
  });
  const walk = new Walk(context, visitor, options);
  for await (const refs of headRefs(context, removals.keys(), options)) {
    for (const { key, value } of refs) {
      const head = openHead(context, key, value);
      const taken = removals.get(head.symbol);
      for (const removal of head.removals) {
        if (taken?.condemned.has(removal.id) === true || taken?.due.has(removal.id) === true) {
          await walkRemoval(walk, head.symbol, removal, []);
        }
      }
    }
  }
}
