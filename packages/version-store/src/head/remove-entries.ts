import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { MAX_RECENT, type VersionLists, type WritePage } from "./history.ts";
import {
  encodeEntryPage,
  encodeRunPage,
  readEntryPage,
  readRunPage,
  runOfEntries,
  runOfRuns,
  type HistoryRun,
} from "./history-run.ts";
import type { VersionSelection } from "./version-selection.ts";

export interface RemoveEntriesOptions extends CallOptions {
  /** Stores a page of history. */
  readonly writePage: WritePage;
  /** Takes what was removed, some at a time, newest first. */
  readonly onRemoved: (entries: readonly VersionEntry[]) => void | Promise<void>;
}

/**
 * Takes versions out of a head's lists. Only pages that hold one of them are rewritten, and the page of the version
 * before a gap: that version notes when it was replaced, so that nobody takes it for the newest of a time at which it
 * was not.
 */
export async function removeEntries(
  context: LibraryContext,
  lists: VersionLists,
  selection: VersionSelection,
  options: RemoveEntriesOptions,
): Promise<VersionLists> {
  const removal = new EntryRemoval(context, selection, options);
  const recent = await removal.fromEntries(lists.recent);
  const history = await removal.fromRuns(lists.history);
  return refillRecent(context, { recent, history }, options);
}

/** The newest version always stands in the head itself. */
async function refillRecent(
  context: LibraryContext,
  lists: VersionLists,
  options: RemoveEntriesOptions,
): Promise<VersionLists> {
  let { recent, history } = lists;
  while (recent.length === 0) {
    const run = history.at(-1);
    if (run === undefined) break;
    history = history.slice(0, -1);
    if (run.level > 0) {
      history = [...history, ...(await readRunPage(context, run, options))];
      continue;
    }
    const entries = await readEntryPage(context, run, options);
    recent = entries.slice(-MAX_RECENT);
    const older = entries.slice(0, -MAX_RECENT);
    if (older.length > 0) {
      history = [...history, runOfEntries(older, await options.writePage(encodeEntryPage(older)))];
    }
  }
  return { recent, history };
}

/** Walks from the newest version to the oldest. */
class EntryRemoval {
  readonly #context: LibraryContext;
  readonly #selection: VersionSelection;
  readonly #options: RemoveEntriesOptions;
  /** When the version after the next kept one was committed, if that version was taken out. */
  #replacedAtMs: number | undefined;

  constructor(context: LibraryContext, selection: VersionSelection, options: RemoveEntriesOptions) {
    this.#context = context;
    this.#selection = selection;
    this.#options = options;
  }

  async fromEntries(entries: readonly VersionEntry[]): Promise<VersionEntry[]> {
    const kept: VersionEntry[] = [];
    const removed: VersionEntry[] = [];
    for (const entry of entries.toReversed()) {
      if (this.#selection.has(entry.version)) {
        removed.push(entry);
        this.#replacedAtMs = entry.committedAtMs;
        continue;
      }
      const replacedAtMs = entry.replacedAtMs ?? this.#replacedAtMs;
      kept.push(replacedAtMs === entry.replacedAtMs ? entry : { ...entry, replacedAtMs });
      this.#replacedAtMs = undefined;
    }
    if (removed.length > 0) await this.#options.onRemoved(removed);
    return kept.toReversed();
  }

  async fromRuns(runs: readonly HistoryRun[]): Promise<HistoryRun[]> {
    const kept: HistoryRun[] = [];
    for (const run of runs.toReversed()) {
      const left = this.#concerns(run) ? await this.#fromRun(run) : run;
      if (left !== undefined) kept.push(left);
    }
    return kept.toReversed();
  }

  #concerns(run: HistoryRun): boolean {
    return (
      this.#replacedAtMs !== undefined || this.#selection.touches(run.firstVersion, run.lastVersion)
    );
  }

  async #fromRun(run: HistoryRun): Promise<HistoryRun | undefined> {
    const { writePage } = this.#options;
    if (run.level === 0) {
      const before = await readEntryPage(this.#context, run, this.#options);
      const entries = await this.fromEntries(before);
      if (entries.length === 0) return undefined;
      if (sameItems(entries, before)) return run;
      return runOfEntries(entries, await writePage(encodeEntryPage(entries)));
    }
    const before = await readRunPage(this.#context, run, this.#options);
    const runs = await this.fromRuns(before);
    if (runs.length === 0) return undefined;
    if (sameItems(runs, before)) return run;
    return runOfRuns(runs, await writePage(encodeRunPage(runs)));
  }
}

function sameItems<T>(left: readonly T[], right: readonly T[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}
