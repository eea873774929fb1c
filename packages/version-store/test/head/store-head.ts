import { sealHead } from "../../src/head/head-record.ts";
import type { Head } from "../../src/head/head.ts";
import { appendEntries } from "../../src/head/history.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import type { VersionEntry } from "../../src/version/version-entry.ts";
import { headOf, pageWriter } from "./version-entries.ts";

/** Stores the head of a symbol `s` that has these versions, oldest first, with nothing below them. */
export async function storeHead(
  context: LibraryContext,
  entries: readonly VersionEntry[],
): Promise<Head> {
  const empty = { recent: [], history: [] };
  const head = headOf(await appendEntries(context, empty, entries, pageWriter(context).write));
  await context.refs.compareAndSet(headKey("s"), undefined, sealHead(context, head));
  return head;
}
