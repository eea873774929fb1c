import type { CallOptions } from "@foretile/storage";
import { ensureWritable } from "../library/ensure-writable.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { publishRecord } from "./publish-record.ts";
import { noSuchSnapshot } from "./read-snapshot.ts";

/**
 * Deletes a snapshot by one change of its record, whatever it pins. Versions that nothing else keeps become garbage
 * once the library's grace time is over. The name can be used again, unless the snapshot was immutable.
 *
 * @throws {VersionStoreError} `no-such-snapshot`, `read-only-library`
 */
export async function deleteSnapshot(
  context: LibraryContext,
  name: string,
  options?: CallOptions,
): Promise<void> {
  ensureWritable(context);
  let id: string | undefined;
  await publishRecord(
    context,
    name,
    {
      change: (record) => {
        const current = record?.current;
        if (record === undefined || current?.state !== "committed") throw noSuchSnapshot(name);
        id = current.id;
        const droppedAtMs = Math.floor(context.clock.nowMs());
        return {
          ...record,
          current: undefined,
          dropped: [...record.dropped, { id, droppedAtMs, pages: current.pages }],
          burned: current.immutable,
        };
      },
      isApplied: (record) => record?.current?.id !== id,
    },
    options,
  );
}
