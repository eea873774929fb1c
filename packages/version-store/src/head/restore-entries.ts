import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import type { Removal } from "./head.ts";
import {
  entriesOldestFirst,
  ENTRIES_PER_PAGE,
  MAX_RECENT,
  raiseOldRuns,
  type VersionLists,
  type WritePage,
} from "./history.ts";
import { encodeEntryPage, runOfEntries, type HistoryRun } from "./history-run.ts";
import { readRemovedPage } from "./removed-page.ts";

/**
 * A head's lists with removed versions back in their places. A version whose gap closes forgets when it was replaced.
 *
 * @param removals those of older versions first
 * @param writePage stores a page of history
 */
export async function restoreEntries(
  context: LibraryContext,
  lists: VersionLists,
  removals: readonly Removal[],
  writePage: WritePage,
  options?: CallOptions,
): Promise<VersionLists> {
  const builder = new ListBuilder(writePage);
  const live = oneByOne(entriesOldestFirst(context, lists, options));
  const removed = oneByOne(removedOldestFirst(context, removals, options));
  for await (const entry of mergeByVersion(live, removed)) await builder.add(entry);
  return builder.finish();
}

type Entries = AsyncGenerator<VersionEntry, void, undefined>;

async function* removedOldestFirst(
  context: LibraryContext,
  removals: readonly Removal[],
  options?: CallOptions,
): AsyncGenerator<readonly VersionEntry[], void, undefined> {
  for (const removal of removals) yield await readRemovedPage(context, removal, options);
}

async function* oneByOne(batches: AsyncIterable<readonly VersionEntry[]>): Entries {
  for await (const batch of batches) yield* batch;
}

async function* mergeByVersion(left: Entries, right: Entries): Entries {
  let nextLeft = await nextOf(left);
  let nextRight = await nextOf(right);
  for (;;) {
    const next = lower(nextLeft, nextRight);
    if (next === undefined) return;
    yield next;
    if (next === nextLeft) nextLeft = await nextOf(left);
    else nextRight = await nextOf(right);
  }
}

async function nextOf(entries: Entries): Promise<VersionEntry | undefined> {
  const next = await entries.next();
  return next.done === true ? undefined : next.value;
}

function lower(
  left: VersionEntry | undefined,
  right: VersionEntry | undefined,
): VersionEntry | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return left.version < right.version ? left : right;
}

/** Builds the lists of a head out of all its versions, oldest first. */
class ListBuilder {
  readonly #writePage: WritePage;
  #history: readonly HistoryRun[] = [];
  #recent: VersionEntry[] = [];

  constructor(writePage: WritePage) {
    this.#writePage = writePage;
  }

  async add(entry: VersionEntry): Promise<void> {
    const before = this.#recent.pop();
    if (before !== undefined) {
      // No two versions of a symbol bear the same time.
      const gapCloses = before.replacedAtMs === entry.committedAtMs;
      this.#recent.push(gapCloses ? { ...before, replacedAtMs: undefined } : before);
    }
    this.#recent.push(entry);
    if (this.#recent.length > ENTRIES_PER_PAGE + MAX_RECENT)
      await this.#writeOldest(ENTRIES_PER_PAGE);
  }

  async finish(): Promise<VersionLists> {
    const surplus = this.#recent.length - MAX_RECENT;
    if (surplus > 0) await this.#writeOldest(surplus);
    return { recent: this.#recent, history: this.#history };
  }

  async #writeOldest(count: number): Promise<void> {
    const entries = this.#recent.splice(0, count);
    const run = runOfEntries(entries, await this.#writePage(encodeEntryPage(entries)));
    this.#history = await raiseOldRuns([...this.#history, run], this.#writePage);
  }
}
