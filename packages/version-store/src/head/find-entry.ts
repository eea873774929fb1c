import { timeOfId } from "@foretile/resilience";
import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { newestEntry, type Head } from "./head.ts";
import type { VersionLists } from "./history.ts";
import { readEntryPage, readRunPage, type HistoryRun } from "./history-run.ts";

/** The entry of one version, from the head or from the one page that may hold it. */
export async function findByVersion(
  context: LibraryContext,
  head: VersionLists,
  version: number,
  options?: CallOptions,
): Promise<VersionEntry | undefined> {
  const entries = await descend(
    context,
    head,
    (runs) => runs.find((run) => run.firstVersion <= version && version <= run.lastVersion),
    options,
  );
  return [...entries, ...head.recent].find((entry) => entry.version === version);
}

/** The newest version that was committed at `timeMs` or before. */
export async function findByTime(
  context: LibraryContext,
  head: VersionLists,
  timeMs: number,
  options?: CallOptions,
): Promise<VersionEntry | undefined> {
  const recent = head.recent.findLast((entry) => entry.committedAtMs <= timeMs);
  if (recent !== undefined) return recent;
  const entries = await descend(
    context,
    head,
    (runs) => runs.findLast((run) => run.firstCommittedAtMs <= timeMs),
    options,
  );
  return entries.findLast((entry) => entry.committedAtMs <= timeMs);
}

/**
 * Whether another version was the newest at a time after all: the one after `entry` was committed by then, and removed
 * since. Once it is the newest again, it is so for all later times.
 */
export function wasReplaced(
  head: Pick<Head, "recent">,
  entry: VersionEntry,
  timeMs: number,
): boolean {
  const { replacedAtMs } = entry;
  return replacedAtMs !== undefined && replacedAtMs <= timeMs && entry !== newestEntry(head);
}

/** The nth newest version, 1 for the newest. */
export async function findNthNewest(
  context: LibraryContext,
  head: VersionLists,
  n: number,
  options?: CallOptions,
): Promise<VersionEntry | undefined> {
  if (n <= head.recent.length) return head.recent.at(-n);
  let rest = n - head.recent.length;
  const entries = await descend(
    context,
    head,
    (runs) => {
      for (const run of runs.toReversed()) {
        if (rest <= run.count) return run;
        rest -= run.count;
      }
      return undefined;
    },
    options,
  );
  return entries.at(-rest);
}

/**
 * The version that a commit made. A commit id starts with the wall clock at its commit, so the pages of that time are
 * read first; the others only when the clock went back at the wrong moment, or there is no such commit.
 */
export async function findByCommit(
  context: LibraryContext,
  head: VersionLists,
  commitId: string,
  options?: CallOptions,
): Promise<VersionEntry | undefined> {
  const recent = head.recent.find((entry) => entry.commitId === commitId);
  if (recent !== undefined) return recent;
  return findCommitInRuns(context, head.history, commitId, options);
}

async function findCommitInRuns(
  context: LibraryContext,
  runs: readonly HistoryRun[],
  commitId: string,
  options?: CallOptions,
): Promise<VersionEntry | undefined> {
  const earliestMs = timeOfId(commitId) ?? 0;
  const likely = runs.filter((run) => run.lastCommittedAtMs >= earliestMs);
  const others = runs.filter((run) => run.lastCommittedAtMs < earliestMs).toReversed();
  for (const run of [...likely, ...others]) {
    const found =
      run.level === 0
        ? (await readEntryPage(context, run, options)).find((e) => e.commitId === commitId)
        : await findCommitInRuns(
            context,
            await readRunPage(context, run, options),
            commitId,
            options,
          );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Follows `choose` from the head's runs down to a page of entries; none when it chooses none. */
async function descend(
  context: LibraryContext,
  head: VersionLists,
  choose: (runs: readonly HistoryRun[]) => HistoryRun | undefined,
  options?: CallOptions,
): Promise<readonly VersionEntry[]> {
  let run = choose(head.history);
  while (run !== undefined && run.level > 0) {
    run = choose(await readRunPage(context, run, options));
  }
  return run === undefined ? [] : readEntryPage(context, run, options);
}
