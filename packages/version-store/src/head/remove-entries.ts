import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import type { VersionLists, WritePage } from "./history.ts";
import {
  encodeEntryPage,
  encodeRunPage,
  readEntryPage,
  readRunPage,
  runOfEntries,
  runOfRuns,
  type HistoryRun,
} from "./history-run.ts";

/** A head's lists without some versions, and those versions. */
export interface RemovedEntries {
  readonly lists: VersionLists;
  /** Oldest first. */
  readonly removed: readonly VersionEntry[];
}

/**
 * Takes versions out of a head's lists. Only pages that hold one of them are rewritten, and the page of the version
 * before a gap: that version notes when it was replaced, so that nobody takes it for the newest of a time at which it
 * was not.
 */
export async function removeEntries(
  context: LibraryContext,
  lists: VersionLists,
  versions: ReadonlySet<number>,
  writePage: WritePage,
  options?: CallOptions,
): Promise<RemovedEntries> {
  const removal = new Removal(context, versions, writePage, options);
  const recent = removal.fromEntries(lists.recent);
  const history = await removal.fromRuns(lists.history);
  const left = await refillRecent(context, { recent, history }, options);
  return { lists: left, removed: removal.removed.toReversed() };
}

/** The newest version always stands in the head itself. */
async function refillRecent(
  context: LibraryContext,
  lists: VersionLists,
  options?: CallOptions,
): Promise<VersionLists> {
  let { recent, history } = lists;
  while (recent.length === 0 && history.length > 0) {
    const older = history.slice(0, -1);
    const run = history.at(-1);
    if (run === undefined) break;
    if (run.level === 0) {
      recent = await readEntryPage(context, run, options);
      history = older;
    } else {
      history = [...older, ...(await readRunPage(context, run, options))];
    }
  }
  return { recent, history };
}

/** Walks from the newest version to the oldest. */
class Removal {
  /** Newest first. */
  readonly removed: VersionEntry[] = [];
  readonly #context: LibraryContext;
  readonly #versions: readonly number[];
  readonly #wanted: ReadonlySet<number>;
  readonly #writePage: WritePage;
  readonly #options: CallOptions | undefined;
  /** When the version after the next kept one was committed, if that version was taken out. */
  #replacedAtMs: number | undefined;

  constructor(
    context: LibraryContext,
    versions: ReadonlySet<number>,
    writePage: WritePage,
    options: CallOptions | undefined,
  ) {
    this.#context = context;
    this.#wanted = versions;
    this.#versions = [...versions];
    this.#writePage = writePage;
    this.#options = options;
  }

  fromEntries(entries: readonly VersionEntry[]): VersionEntry[] {
    const kept: VersionEntry[] = [];
    for (const entry of entries.toReversed()) {
      if (this.#wanted.has(entry.version)) {
        this.removed.push(entry);
        this.#replacedAtMs = entry.committedAtMs;
        continue;
      }
      const replacedAtMs = entry.replacedAtMs ?? this.#replacedAtMs;
      kept.push(replacedAtMs === entry.replacedAtMs ? entry : { ...entry, replacedAtMs });
      this.#replacedAtMs = undefined;
    }
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
      this.#replacedAtMs !== undefined ||
      this.#versions.some((version) => run.firstVersion <= version && version <= run.lastVersion)
    );
  }

  async #fromRun(run: HistoryRun): Promise<HistoryRun | undefined> {
    if (run.level === 0) {
      const entries = this.fromEntries(await readEntryPage(this.#context, run, this.#options));
      if (entries.length === 0) return undefined;
      return runOfEntries(entries, await this.#writePage(encodeEntryPage(entries)));
    }
    const runs = await this.fromRuns(await readRunPage(this.#context, run, this.#options));
    if (runs.length === 0) return undefined;
    return runOfRuns(runs, await this.#writePage(encodeRunPage(runs)));
  }
}
