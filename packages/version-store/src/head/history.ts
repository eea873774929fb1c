import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions } from "@foretile/storage";
import type { DocumentPointer } from "../document/blob-documents.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { isVersionStoreError } from "../version-store-error.ts";
import type { Head } from "./head.ts";
import {
  encodeEntryPage,
  encodeRunPage,
  readEntryPage,
  readRunPage,
  runOfEntries,
  runOfRuns,
  type HistoryRun,
} from "./history-run.ts";

/** A head keeps at most this many versions inline; a read of the newest and most lists cost one request. */
export const MAX_RECENT = 64;

/** How many of them move to one page when the head is full. */
const YOUNG_ENTRIES = 32;

/** So many young pages become one: few requests for long histories, little rewritten. */
const YOUNG_PAGES = 8;

/** How many versions a page has that is not young any more. */
export const ENTRIES_PER_PAGE: number = YOUNG_ENTRIES * YOUNG_PAGES;

/** A head lists at most this many runs of one level; the older half of more moves to a page of the next level. */
const MAX_RUNS = 64;

/** The part of a head that lists versions. */
export type VersionLists = Pick<Head, "recent" | "history">;

/** Stores a page of history under a fresh key. */
export type WritePage = (value: DocumentValue) => Promise<DocumentPointer>;

/**
 * The lists of a head with `entries` added (oldest first). With n versions a head stays at a few dozen kilobytes, and
 * any version is at most 1 + log(n / 16 384) / log(32) pages away, rounded up: two pages for 500 000 versions.
 */
export async function appendEntries(
  context: LibraryContext,
  lists: VersionLists,
  entries: readonly VersionEntry[],
  writePage: WritePage,
  options?: CallOptions,
): Promise<VersionLists> {
  const recent = [...lists.recent, ...entries];
  let history = lists.history;
  while (recent.length > MAX_RECENT) {
    const moved = recent.splice(0, YOUNG_ENTRIES);
    const page = await writePage(encodeEntryPage(moved));
    history = await joinYoungPages(
      context,
      [...history, runOfEntries(moved, page)],
      writePage,
      options,
    );
    history = await raiseOldRuns(history, writePage);
  }
  return { recent, history };
}

async function joinYoungPages(
  context: LibraryContext,
  history: readonly HistoryRun[],
  writePage: WritePage,
  options?: CallOptions,
): Promise<readonly HistoryRun[]> {
  const lastGrown = history.findLastIndex((run) => run.level > 0 || run.count > YOUNG_ENTRIES);
  const young = history.slice(lastGrown + 1);
  if (young.length < YOUNG_PAGES) return history;
  const entries = await readEntries(context, young, options);
  if (entries === undefined) return history;
  const page = await writePage(encodeEntryPage(entries));
  return [...history.slice(0, lastGrown + 1), runOfEntries(entries, page)];
}

/**
 * `undefined` when a page is damaged or was collected by now: a newer head replaced it then, and this one is not going
 * to be published. Either way it is no reason to refuse new versions; those who need the page will be told.
 */
async function readEntries(
  context: LibraryContext,
  runs: readonly HistoryRun[],
  options?: CallOptions,
): Promise<VersionEntry[] | undefined> {
  try {
    const pages = await Promise.all(runs.map((run) => readEntryPage(context, run, options)));
    return pages.flat();
  } catch (error) {
    if (isVersionStoreError(error, "data-integrity")) return undefined;
    throw error;
  }
}

/** Moves the older half of too many runs of one level to a page of the next level. */
export async function raiseOldRuns(
  history: readonly HistoryRun[],
  writePage: WritePage,
): Promise<readonly HistoryRun[]> {
  let runs = history;
  for (let level = 0; runs.some((run) => run.level >= level); level += 1) {
    const first = runs.findIndex((run) => run.level === level);
    const count = runs.filter((run) => run.level === level).length;
    if (count <= MAX_RUNS) continue;
    const raised = runs.slice(first, first + MAX_RUNS / 2);
    const page = await writePage(encodeRunPage(raised));
    runs = [...runs.slice(0, first), runOfRuns(raised, page), ...runs.slice(first + raised.length)];
  }
  return runs;
}

export interface ListEntriesOptions extends CallOptions {
  /** Only versions below this. Default: all. */
  readonly before?: number | undefined;
}

/** All versions, newest first, page by page. */
export async function* entriesNewestFirst(
  context: LibraryContext,
  head: VersionLists,
  options: ListEntriesOptions = {},
): AsyncGenerator<readonly VersionEntry[], void, undefined> {
  const { before = Infinity } = options;
  const recent = head.recent.filter(({ version }) => version < before);
  if (recent.length > 0) yield recent.toReversed();
  yield* runsNewestFirst(context, head.history, before, options);
}

async function* runsNewestFirst(
  context: LibraryContext,
  runs: readonly HistoryRun[],
  before: number,
  options: CallOptions,
): AsyncGenerator<readonly VersionEntry[], void, undefined> {
  for (const run of runs.toReversed()) {
    if (run.firstVersion >= before) continue;
    if (run.level > 0) {
      yield* runsNewestFirst(context, await readRunPage(context, run, options), before, options);
      continue;
    }
    const entries = await readEntryPage(context, run, options);
    yield entries.filter(({ version }) => version < before).toReversed();
  }
}

/** All versions, oldest first, page by page. */
export async function* entriesOldestFirst(
  context: LibraryContext,
  { recent, history }: VersionLists,
  options?: CallOptions,
): AsyncGenerator<readonly VersionEntry[], void, undefined> {
  for (const run of history) {
    if (run.level === 0) {
      yield await readEntryPage(context, run, options);
    } else {
      const below = await readRunPage(context, run, options);
      yield* entriesOldestFirst(context, { recent: [], history: below }, options);
    }
  }
  if (recent.length > 0) yield recent;
}
