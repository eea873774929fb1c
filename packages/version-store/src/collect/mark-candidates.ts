import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import type { BlobTable } from "./blob-table.ts";
import { MarkVisitor } from "./mark.ts";
import { runBounded } from "./run-bounded.ts";
import type { CondemnedRemoval } from "./stranded-versions.ts";
import { READS_AT_ONCE, Walk } from "./walk.ts";
import { walkRemoval } from "./walk-head.ts";

/**
 * Notes what removals name as listed: what may be deleted with them. Pages that are needed are not read again, since
 * all they name is needed too. What cannot be read any more was deleted by an earlier collection; what only that named
 * is left to a collection of the whole library.
 */
export async function markCandidates(
  context: LibraryContext,
  table: BlobTable,
  removals: readonly CondemnedRemoval[],
  options: CallOptions,
): Promise<void> {
  const visitor = new MarkVisitor({
    table,
    mark: "listed",
    stopsAt: "reached",
    marksUnsound: true,
    keepsRemoval: () => true,
    keepsDropped: () => false,
  });
  const walk = new Walk(context, visitor, options);
  await runBounded(removals, READS_AT_ONCE, async ({ symbol, removal }) => {
    await walkRemoval(walk, symbol, removal, []);
  });
}
