import type { CallOptions } from "@foretile/storage";
import { newestEntry, type Head } from "../head/head.ts";
import { removalsOfDeletion, type PageWriters } from "../head/remove-versions.ts";
import { RemovedPages } from "../head/removed-pages.ts";
import { restoreEntries } from "../head/restore-entries.ts";
import { ensureWritable } from "../library/ensure-writable.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { readVersionRecord } from "../version/read-version.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { editVersions, type VersionsEdit } from "./edit-versions.ts";

/** What taking a deletion back gave. */
export interface UndeletedSymbol {
  /** The newest version, as it was before the symbol was deleted. */
  readonly version: number;
  /** How many versions can be read again. */
  readonly restored: number;
  /** Why pages that nothing needs, or the intent, could not be removed; harmless garbage for a later collection. */
  readonly cleanupError?: Error;
}

/**
 * Takes back the deletion of a symbol: the versions that were removed with it can be read again under their numbers, and
 * the version that said "deleted" is gone; its number stays used.
 *
 * @throws {VersionStoreError} `no-data-found` when the symbol is not deleted, when something was written since, and when
 *   the deleted versions are being collected or gone; `data-integrity` for a damaged history, `read-only-library`,
 *   `concurrent-modification`, `commit-outcome-unknown`
 */
export async function undelete(
  context: LibraryContext,
  symbol: string,
  options?: CallOptions,
): Promise<UndeletedSymbol> {
  ensureWritable(context);
  const { outcome, ...rest } = await editVersions(
    context,
    symbol,
    async (head, writers) => {
      const deletion = head && newestEntry(head);
      if (head === undefined || deletion?.operation !== "delete") throw notDeleted(symbol, head);
      return takeBack(context, head, deletion, writers, options);
    },
    options,
  );
  if (outcome === undefined) throw notDeleted(symbol, undefined);
  return { ...outcome, ...rest };
}

async function takeBack(
  context: LibraryContext,
  head: Head,
  deletion: VersionEntry,
  writers: PageWriters,
  options?: CallOptions,
): Promise<VersionsEdit<{ readonly version: number; readonly restored: number }>> {
  const removals = removalsOfDeletion(head);
  if (removals.some(({ condemned }) => condemned)) throw gone(head.symbol, "are being collected");
  const lists = await restoreEntries(
    context,
    { recent: head.recent.slice(0, -1), history: head.history },
    removals,
    writers.history,
    options,
  );
  const { baseVersion } = await readVersionRecord(context, head.symbol, deletion, options);
  const newest = newestEntry(lists);
  if (newest?.version !== baseVersion) throw gone(head.symbol, "were collected");
  const removedAtMs = Math.floor(context.clock.nowMs());
  const facts = { reason: "prune", removedAtMs, keepUntilMs: removedAtMs } as const;
  const removed = new RemovedPages(context, facts, writers.removed);
  await removed.add([deletion]);
  const others = head.removals.filter((removal) => !removals.includes(removal));
  const restored = removals.reduce((sum, { count }) => sum + count, 0);
  return {
    next: { ...head, ...lists, removals: [...others, ...(await removed.finish())] },
    outcome: { version: newest.version, restored },
  };
}

function notDeleted(symbol: string, head: Head | undefined): VersionStoreError {
  const wasDeleted =
    head?.recent.some(({ operation }) => operation === "delete") === true ||
    head?.removals.some(({ reason }) => reason === "delete") === true;
  return new VersionStoreError(
    "no-data-found",
    wasDeleted
      ? `newer versions were written since the symbol was deleted symbol=${JSON.stringify(symbol)}`
      : `symbol is not deleted symbol=${JSON.stringify(symbol)}`,
    { details: { symbol } },
  );
}

function gone(symbol: string, what: string): VersionStoreError {
  return new VersionStoreError(
    "no-data-found",
    `the deleted versions ${what} and cannot be taken back symbol=${JSON.stringify(symbol)}`,
    { details: { symbol } },
  );
}
