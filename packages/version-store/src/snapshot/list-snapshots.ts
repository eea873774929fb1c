import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import type { SnapshotInfo } from "./create-snapshot.ts";
import { listSnapshotRecords, type ListedRecord } from "./list-records.ts";

/** A snapshot, or why its record cannot be read. */
export type ListedSnapshot =
  | SnapshotInfo
  | { readonly name: undefined; readonly key: string; readonly error: Error };

/**
 * Every snapshot, in batches, ordered by escaped name (names too long for a key last): one request per thousand names.
 * A damaged record is an entry with its error; it does not end the listing.
 */
export async function* listSnapshots(
  context: LibraryContext,
  options?: CallOptions,
): AsyncGenerator<readonly ListedSnapshot[], void, undefined> {
  for await (const records of listSnapshotRecords(context, options)) {
    const snapshots = records.flatMap(describe);
    if (snapshots.length > 0) yield snapshots;
  }
}

function describe(listed: ListedRecord): readonly ListedSnapshot[] {
  if (listed.record === undefined) {
    return [{ name: undefined, key: listed.key, error: listed.error }];
  }
  const { name, current } = listed.record;
  if (current?.state !== "committed") return [];
  const { createdAtMs, symbolCount, metadata, immutable } = current;
  return [{ name, createdAtMs, symbolCount, metadata, immutable }];
}
