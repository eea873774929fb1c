import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import { isVersionStoreError } from "../version-store-error.ts";
import { noSuchSnapshot, readPinnedSet } from "./read-snapshot.ts";
import { readSnapshotPage, type PinnedVersion } from "./snapshot-page.ts";

/**
 * What a snapshot pins, in batches, in the order of UTF-16 code units of the symbols.
 *
 * @throws {VersionStoreError} `no-such-snapshot`, also when it is deleted and collected while it is listed;
 *   `data-integrity`, `format-too-new`
 */
export async function* listSnapshotSymbols(
  context: LibraryContext,
  name: string,
  options?: CallOptions,
): AsyncGenerator<readonly PinnedVersion[], void, undefined> {
  const { id, pages } = await readPinnedSet(context, name, options);
  for (const pointer of pages) {
    let pins: readonly PinnedVersion[];
    try {
      pins = await readSnapshotPage(context, pointer, options);
    } catch (error) {
      if (!isVersionStoreError(error, "data-integrity")) throw error;
      const now = await readPinnedSet(context, name, options);
      // Another snapshot of this name by now; nobody wants half of one and half of the other.
      if (now.id !== id) throw noSuchSnapshot(name);
      throw error;
    }
    yield pins;
  }
}
