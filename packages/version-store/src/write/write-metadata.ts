import type { DocumentValue } from "@foretile/codecs/msgpack";
import { checkCommitOptions, type CommitOptions } from "../commit/commit-options.ts";
import type { CommitResult } from "../commit/queued-commit.ts";
import { Transaction } from "../commit/transaction.ts";
import { toNewContent } from "../content/content.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { checkMetadata } from "./check-metadata.ts";
import { storeFresh } from "./store-fresh.ts";
import { writtenValue } from "./written-value.ts";

export interface WriteMetadataOptions extends CommitOptions {
  /** Whether a symbol without a value gets the value `null`. Default `false`. */
  readonly upsert?: boolean | undefined;
}

/**
 * Makes a version of the newest value with other metadata. No byte of the value is read or stored.
 *
 * @param metadata `null` for none
 * @throws {VersionStoreError} `no-data-found` for a symbol without a value when `upsert` is off,
 *   `concurrent-modification` when `expectedVersion` is not the newest, `invalid-argument` for metadata that cannot be
 *   stored, `read-only-library`, `transaction-expired`, `commit-outcome-unknown`
 */
export async function writeMetadata(
  context: LibraryContext,
  symbol: string,
  metadata: DocumentValue,
  options: WriteMetadataOptions = {},
): Promise<CommitResult> {
  checkCommitOptions(options);
  const kept = checkMetadata(metadata);
  await using transaction = await Transaction.begin(context, symbol, options);
  return await transaction.commit(async (base) => {
    const newest = await base.record();
    if (newest !== undefined) {
      return { sharedWith: newest, operation: "metadata", metadata: kept };
    }
    if (options.upsert !== true) {
      throw new VersionStoreError(
        "no-data-found",
        `symbol has no value that metadata could be about symbol=${JSON.stringify(symbol)}`,
        { details: { symbol } },
      );
    }
    const nothing = await storeFresh(
      context,
      (bytes, hash, facts, call) => transaction.putSegment(bytes, hash, { ...call, facts }),
      writtenValue(context, null),
      options,
    );
    return { ...toNewContent(nothing), metadata: kept };
  }, options);
}
