import type { BlobEntry, CallOptions } from "@foretile/storage";
import { parseBlobKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { BlobTable } from "./blob-table.ts";

export interface ListIntoOptions extends CallOptions {
  /** Takes what no library stored. */
  readonly onForeign: (entry: BlobEntry) => void;
  /** Told after each batch how many blobs were listed. */
  readonly onBatch?: ((listed: number) => void) | undefined;
}

/** Notes every blob of the store, with its length, as listed. */
export async function listInto(
  context: LibraryContext,
  table: BlobTable,
  { signal, onForeign, onBatch }: ListIntoOptions,
): Promise<void> {
  let listed = 0;
  for await (const batch of context.blobs.list({}, { signal })) {
    for (const entry of batch) {
      const name = parseBlobKey(entry.key);
      if (name === undefined) onForeign(entry);
      else table.mark(table.add(name, entry.length), "listed");
    }
    listed += batch.length;
    onBatch?.(listed);
  }
}
