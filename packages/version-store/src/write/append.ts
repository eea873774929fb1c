import { checkCommitOptions } from "../commit/commit-options.ts";
import { Transaction } from "../commit/transaction.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { AppendOptions } from "./append-options.ts";
import { Appending } from "./appending.ts";
import { checkMetadata } from "./check-metadata.ts";
import { newestResult } from "./newest-result.ts";
import { requireRows, type IncomingRows } from "./rowwise-value.ts";
import { commitCounted, type StoreResult } from "./store-result.ts";
import { writtenValue } from "./written-value.ts";

/**
 * Makes a version of the newest value and more rows after it. Nothing of the stored value is uploaded again, but for a
 * few small blocks at its end, which are merged so that many small appends leave few segments.
 *
 * Appends by others in the meantime are built upon, and the order of the rows is checked again; so are changes of
 * metadata and changes of other rows. No rows at all change nothing: the result is the newest version.
 *
 * @param value a frame or an array; only read until the promise settles, do not change it before
 * @throws {VersionStoreError} `no-data-found` for a symbol without a value when `upsert` is off, `schema-mismatch`,
 *   `unsorted-append`, `concurrent-modification` when others changed the value in a way that cannot be built upon or
 *   `expectedVersion` is not the newest, `invalid-argument` for an opaque value, `quota-exceeded`,
 *   `read-only-library`, `transaction-expired`, `commit-outcome-unknown`
 */
export async function append(
  context: LibraryContext,
  symbol: string,
  value: unknown,
  options: AppendOptions = {},
): Promise<StoreResult> {
  checkCommitOptions(options);
  const metadata = checkMetadata(options.metadata);
  const incoming = requireRows(writtenValue(context, value));
  if (incoming.rows === 0) {
    const newest = await newestResult(context, symbol, options);
    if (newest !== undefined) return newest;
  }
  return context.usage.reserve(incoming.rawBytes, () =>
    appendRows(context, symbol, incoming, { ...options, metadata }),
  );
}

async function appendRows(
  context: LibraryContext,
  symbol: string,
  incoming: IncomingRows,
  options: AppendOptions,
): Promise<StoreResult> {
  await using transaction = await Transaction.begin(context, symbol, options);
  const appending = new Appending(context, transaction, incoming, options);
  await appending.prepare();
  // No rows are content that is unchanged when there is a value.
  const skipUnchanged = incoming.rows === 0;
  return await commitCounted(transaction, (base) => appending.build(base), {
    ...options,
    skipUnchanged,
  });
}
