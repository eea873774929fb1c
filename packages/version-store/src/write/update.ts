import { checkCommitOptions } from "../commit/commit-options.ts";
import { Transaction } from "../commit/transaction.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { checkMetadata } from "./check-metadata.ts";
import { isSmall } from "./merge-policy.ts";
import { newestResult } from "./newest-result.ts";
import { requireRows, type IncomingRows } from "./rowwise-value.ts";
import { commitCounted, type StoreResult } from "./store-result.ts";
import type { DeleteRangeOptions, UpdateOptions, UpdateRange } from "./update-options.ts";
import { Updating } from "./updating.ts";
import { writtenValue } from "./written-value.ts";

/**
 * Makes a version of the newest value with some rows replaced: those in `range` go, the new ones take their place, as
 * many as there are. Only blocks that are partly in the range are stored anew, together with the new rows. No new rows
 * and a range delete the range; without a range they change nothing.
 *
 * By index the new rows must lie within the range; where stored rows are not in order, all rows within the range go, and
 * the new ones come before the first row that is not before the range. By number the order of the index is not checked.
 *
 * Changes by others in the meantime are built upon when they were about other rows, or about metadata.
 *
 * @param value a frame or an array; only read until the promise settles, do not change it before
 * @throws {VersionStoreError} `no-data-found` for a symbol without a value when `upsert` is off, `schema-mismatch`,
 *   `invalid-range` for a reversed range and for rows outside the value or the range, `invalid-argument` for an opaque
 *   value and for no range where there is no index, `concurrent-modification` when others changed the same rows or the
 *   whole value or `expectedVersion` is not the newest, `quota-exceeded`, `read-only-library`, `transaction-expired`,
 *   `commit-outcome-unknown`
 */
export async function update(
  context: LibraryContext,
  symbol: string,
  value: unknown,
  options: UpdateOptions = {},
): Promise<StoreResult> {
  checkCommitOptions(options);
  const { range } = options;
  const metadata = checkMetadata(options.metadata);
  const incoming = requireRows(writtenValue(context, value));
  if (incoming.rows === 0 && range !== undefined) {
    return deleteRange(context, symbol, range, options);
  }
  if (incoming.rows === 0) {
    const newest = await newestResult(context, symbol, options);
    if (newest !== undefined) return newest;
  }
  return context.usage.reserve(incoming.rawBytes, () =>
    updateRows(context, symbol, incoming, { ...options, metadata }),
  );
}

/**
 * Makes a version of the newest value without some rows. When there are none of these nothing is published, unless
 * there is new metadata: the result is the newest version.
 *
 * @throws {VersionStoreError} as {@link update}
 */
export async function deleteRange(
  context: LibraryContext,
  symbol: string,
  range: UpdateRange,
  options: DeleteRangeOptions = {},
): Promise<StoreResult> {
  checkCommitOptions(options);
  const metadata = checkMetadata(options.metadata);
  await using transaction = await Transaction.begin(context, symbol, options);
  const updating = new Updating(context, transaction, undefined, { ...options, metadata, range });
  return await commitCounted(transaction, (base) => updating.build(base), {
    ...options,
    skipUnchanged: true,
  });
}

async function updateRows(
  context: LibraryContext,
  symbol: string,
  incoming: IncomingRows,
  options: UpdateOptions,
): Promise<StoreResult> {
  await using transaction = await Transaction.begin(context, symbol, options);
  const updating = new Updating(context, transaction, incoming, options);
  if (!isSmall(incoming.rows, incoming.rowsPerBlock) || options.schema === "promote") {
    await updating.prepare();
  }
  return await commitCounted(transaction, (base) => updating.build(base), {
    ...options,
    skipUnchanged: false,
  });
}
