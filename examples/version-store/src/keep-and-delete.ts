import { isVersionStoreError, type Library } from "@foretile/version-store";
import type { Log } from "./tour.ts";

/** What stays, what goes, what comes back. */
export async function keepAndDelete(library: Library, log: Log): Promise<void> {
  const planned = await library.prune("flights/f1", { keepLast: 3 }, { dryRun: true });
  const pruned = await library.prune("flights/f1", { keepLast: 3 });
  log(planned.removed.length, pruned.removed.length);

  try {
    await library.deleteVersion("flights/f1", 2);
  } catch (error) {
    if (!isVersionStoreError(error, "version-pinned")) throw error;
    log(error.code, error.details["snapshots"]);
  }

  await library.delete("flights/f1", { user: "ada", message: "by mistake" });
  log(await library.hasSymbol("flights/f1"), await library.hasSymbol("flights/f1", { asOf: 2 }));
  const { version, restored } = await library.undelete("flights/f1");
  log(version, restored);

  await library.deleteSnapshot("release-1");
  const { versions, deleted } = await library.collect();
  log(versions, deleted.segments.blobs);
}
