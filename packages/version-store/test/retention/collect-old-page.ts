import { toKey, type Store } from "@foretile/storage";
import { readHead } from "../../src/head/head-record.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { deleteVersion } from "../../src/retention/delete-version.ts";
import { allBlobs } from "../open-test-library.ts";
import { present } from "../text-versions.ts";

/** Deletes a version, and the page of history that listed it before, as a collector does. */
export async function collectOldPage(
  context: LibraryContext,
  store: Store,
  symbol: string,
  version: number,
): Promise<void> {
  const before = await allBlobs(store);
  await deleteVersion(context, symbol, version);
  const { head } = present(await readHead(context, headKey(symbol), symbol));
  const live = new Set<string>(head.history.map(({ page }) => page.key));
  const old = [...before.keys()].filter((key) => key.startsWith("p/") && !live.has(key));
  await store.blobs.deleteMany(old.map((key) => toKey(key)));
}
