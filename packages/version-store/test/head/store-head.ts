import { sealHead } from "../../src/head/head-record.ts";
import type { Head } from "../../src/head/head.ts";
import { appendEntries } from "../../src/head/history.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import type { VersionEntry } from "../../src/version/version-entry.ts";
import { headOf, pageWriter } from "./version-entries.ts";

/** Stores the head of a symbol that has these versions, oldest first, with nothing below them. */
export async function storeHead(
  context: LibraryContext,
  entries: readonly VersionEntry[],
  symbol = "s",
): Promise<Head> {
  const empty = { recent: [], history: [] };
  const lists = await appendEntries(context, empty, entries, pageWriter(context).write);
  const head = headOf(lists, { symbol });
  await context.refs.compareAndSet(headKey(symbol), undefined, sealHead(context, head));
  return head;
}
