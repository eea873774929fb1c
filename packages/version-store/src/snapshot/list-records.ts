import type { CallOptions, RefEntry } from "@foretile/storage";
import { snapshotKey, snapshotRanges } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { decodeSnapshotBytes, type SnapshotRecord } from "./snapshot-record.ts";

/** The most that a store lists in one request. */
const RECORDS_PER_REQUEST = 1000;

/** A snapshot's record, or why it cannot be read. */
export type ListedRecord =
  | { readonly key: string; readonly record: SnapshotRecord }
  | { readonly key: string; readonly record: undefined; readonly error: Error };

/**
 * The records of all names, in batches, ordered by escaped name (names too long for a key last), those of snapshots that
 * are pending or were deleted too: one request per thousand. A damaged record does not end the listing.
 */
export async function* listSnapshotRecords(
  context: LibraryContext,
  { signal }: CallOptions = {},
): AsyncGenerator<readonly ListedRecord[], void, undefined> {
  for (const range of snapshotRanges()) {
    const listing = context.refs.list(range, { signal, batchSize: RECORDS_PER_REQUEST });
    for await (const refs of listing) yield refs.map((ref) => decode(context, ref));
  }
}

function decode(context: LibraryContext, { key, value }: RefEntry): ListedRecord {
  try {
    const record = decodeSnapshotBytes(context, value, key);
    if (snapshotKey(record.name) === key) return { key, record };
    throw new VersionStoreError(
      "data-integrity",
      `snapshot record belongs to another name key=${key} found=${JSON.stringify(record.name)}`,
      { details: { key } },
    );
  } catch (error) {
    return { key, record: undefined, error: error as Error };
  }
}
