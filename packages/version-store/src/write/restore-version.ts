import { checkCommitOptions, type CommitOptions } from "../commit/commit-options.ts";
import type { CommitResult } from "../commit/queued-commit.ts";
import { Transaction } from "../commit/transaction.ts";
import { ensureWritable } from "../library/ensure-writable.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { parseAsOf, type AsOf } from "../version/as-of.ts";
import type { VersionRecord } from "../version/read-version.ts";
import { resolveRecord } from "../version/resolve-version.ts";
import { newestResult } from "./newest-result.ts";

export type RestoreOptions = Omit<CommitOptions, "skipUnchanged">;

/**
 * Makes a version of the value and the metadata of an earlier one, by reference: no byte of the value is read or
 * stored. Restoring the newest version does nothing and gives that version. A snapshot can be restored after its symbol
 * was deleted.
 *
 * @throws {VersionStoreError} `no-data-found`, `no-such-snapshot` when there is nothing to restore, and the symbol stays
 *   as it is; `concurrent-modification` when the version was removed meanwhile or `expectedVersion` is not the newest,
 *   `read-only-library`, `transaction-expired`, `commit-outcome-unknown`
 */
export async function restoreVersion(
  context: LibraryContext,
  symbol: string,
  asOf: AsOf,
  options: RestoreOptions = {},
): Promise<CommitResult> {
  checkCommitOptions(options);
  ensureWritable(context);
  const { signal } = options;
  if (parseAsOf(asOf).kind === "snapshot") {
    // Before the snapshot is read: what it pins is not collected while the intent stands.
    await using transaction = await Transaction.begin(context, symbol, { kind: "restore", signal });
    const source = await resolveRecord(context, symbol, { asOf, signal });
    return await restore(context, transaction, source, options);
  }
  const source = await resolveRecord(context, symbol, { asOf, signal });
  await using transaction = await Transaction.begin(context, symbol, { signal });
  return await restore(context, transaction, source, options);
}

async function restore(
  context: LibraryContext,
  transaction: Transaction,
  source: VersionRecord,
  options: RestoreOptions,
): Promise<CommitResult> {
  const newest = await newestResult(context, source.symbol, options);
  if (newest?.commitId === source.commitId) return newest;
  const { metadata } = source;
  return transaction.commit(() => ({ sharedWith: source, operation: "restore", metadata }), {
    ...options,
    skipUnchanged: false,
  });
}
