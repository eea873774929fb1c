import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import { isVersionStoreError, VersionStoreError } from "../version-store-error.ts";
import type { BlobTable } from "./blob-table.ts";
import { readCollectionRecord, type CollectionRecordState } from "./collection-record.ts";
import type { Damage } from "./damage.ts";
import type { DueRoots } from "./due-roots.ts";
import { headRefs, snapshotRefs } from "./listed-refs.ts";
import { MarkVisitor } from "./mark.ts";
import { runBounded } from "./run-bounded.ts";
import type { CondemnedRemoval } from "./stranded-versions.ts";
import type { SymbolSelection } from "./symbol-selection.ts";
import { READS_AT_ONCE, Walk } from "./walk.ts";
import { walkHead } from "./walk-head.ts";
import { walkSnapshot } from "./walk-snapshot.ts";

export interface MarkNeededOptions extends CallOptions {
  /** Only what versions of these need. Default: all. */
  readonly symbols: SymbolSelection | undefined;
  /** Told how many heads and snapshots were walked. */
  readonly onProgress: (done: number) => void;
}

/**
 * Marks everything that is needed as reached: what heads, snapshots and removals name, except the roots that are about
 * to be taken away.
 *
 * @param record as it was before the roots were found
 * @returns the removals that were passed over; `disturbed` when another collection takes things away, so that what looks
 *   like damage need not be any
 * @throws {VersionStoreError} `data-integrity`, `format-too-new` when something cannot be read
 */
export async function markNeeded(
  context: LibraryContext,
  table: BlobTable,
  { removals, dropped }: DueRoots,
  record: CollectionRecordState,
  { symbols, onProgress, signal }: MarkNeededOptions,
): Promise<readonly CondemnedRemoval[] | "disturbed"> {
  const passedOver = new Map<string, CondemnedRemoval>();
  const visitor = new MarkVisitor({
    table,
    mark: "reached",
    keepsRemoval: (symbol, removal) => {
      // What another collection condemned since is nobody's only hold either: see CollectionAttempt.
      const isTaken = removal.condemned || removals.get(symbol)?.due.has(removal.id) === true;
      if (isTaken) passedOver.set(removal.id, { symbol, removal });
      return !isTaken;
    },
    keepsDropped: ({ name }, { id }) => dropped.get(name)?.has(id) !== true,
  });
  const walk = new Walk(context, visitor, { signal });
  let done = 0;
  for await (const refs of headRefs(context, symbols?.names, { signal })) {
    await runBounded(refs, READS_AT_ONCE, (ref) => walkHead(walk, ref));
    done += refs.length;
    onProgress(done);
  }
  for await (const refs of snapshotRefs(context, { signal })) {
    await runBounded(refs, READS_AT_ONCE, (ref) => walkSnapshot(walk, ref, symbols));
    done += refs.length;
    onProgress(done);
  }
  const [damage] = visitor.damages;
  if (damage === undefined) return [...passedOver.values()];
  const now = await readCollectionRecord(context, { signal });
  if (now.token !== record.token) return "disturbed";
  throw stopped(damage, visitor.damages.length);
}

function stopped({ error, key, what, symbol, version, snapshot }: Damage, count: number): Error {
  if (isVersionStoreError(error, "format-too-new")) return error;
  const where = Object.entries({ symbol, version, snapshot, key })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${String(value)}`);
  return new VersionStoreError(
    "data-integrity",
    `nothing was deleted, since what a damaged ${what} needs cannot be known; check and repair the library first ${where.join(" ")} damaged=${count}`,
    { cause: error, details: { key, symbol, version, snapshot, damaged: count } },
  );
}
