import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions, Key } from "@foretile/storage";
import { readDocument, writeDocument } from "../document/blob-documents.ts";
import { HISTORY_PAGE_KIND } from "../document/document-kind.ts";
import { DocumentReader } from "../document/document-reader.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import {
  decodeVersionEntry,
  encodeVersionEntry,
  type VersionEntry,
} from "../version/version-entry.ts";
import type { Head, HistoryRun } from "./head.ts";

/** A head keeps at most this many versions inline; a read of the newest and most lists cost one request. */
const MAX_RECENT = 64;

/** How many of them move to one history page when the head is full. */
const PAGE_ENTRIES = 32;

/**
 * The lists of a head with `entry` added, the oldest versions moved to a history page when there are too many.
 *
 * @param pageKey a fresh key for the page, should one be needed
 */
export async function appendEntry(
  context: LibraryContext,
  head: Head | undefined,
  entry: VersionEntry,
  pageKey: Key,
  options?: CallOptions,
): Promise<Pick<Head, "recent" | "history">> {
  const recent = [...(head?.recent ?? []), entry];
  const history = head?.history ?? [];
  if (recent.length <= MAX_RECENT) return { recent, history };
  const moved = recent.splice(0, PAGE_ENTRIES);
  const value: DocumentValue = { entries: moved.map(encodeVersionEntry) };
  const page = await writeDocument(
    context.blobs,
    context.documents,
    HISTORY_PAGE_KIND,
    pageKey,
    value,
    options,
  );
  const run: HistoryRun = {
    firstVersion: moved[0]?.version ?? entry.version,
    lastVersion: moved.at(-1)?.version ?? entry.version,
    page,
  };
  return { recent, history: [...history, run] };
}

/** The entry of one version, from the head or from the one page that may hold it. */
export async function findEntry(
  context: LibraryContext,
  head: Head,
  version: number,
  options?: CallOptions,
): Promise<VersionEntry | undefined> {
  const run = head.history.find((r) => r.firstVersion <= version && version <= r.lastVersion);
  const entries = run === undefined ? head.recent : await readPage(context, run, options);
  return entries.find((entry) => entry.version === version);
}

/** All entries of a symbol, newest first, page by page. */
export async function* entriesNewestFirst(
  context: LibraryContext,
  head: Head,
  options?: CallOptions,
): AsyncGenerator<readonly VersionEntry[], void, undefined> {
  yield head.recent.toReversed();
  for (const run of head.history.toReversed()) {
    yield (await readPage(context, run, options)).toReversed();
  }
}

async function readPage(
  context: LibraryContext,
  run: HistoryRun,
  options?: CallOptions,
): Promise<VersionEntry[]> {
  const value = await readDocument(
    context.blobs,
    context.documents,
    HISTORY_PAGE_KIND,
    run.page,
    options,
  );
  const entries = new DocumentReader(value, "history page").records("entries", decodeVersionEntry);
  if (entries[0]?.version !== run.firstVersion || entries.at(-1)?.version !== run.lastVersion) {
    throw new VersionStoreError(
      "data-integrity",
      `history page holds other versions than its head says key=${run.page.key}`,
      { details: { key: run.page.key } },
    );
  }
  return entries;
}
