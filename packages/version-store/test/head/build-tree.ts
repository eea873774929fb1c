import type { VersionLists, WritePage } from "../../src/head/history.ts";
import {
  encodeEntryPage,
  encodeRunPage,
  runOfEntries,
  runOfRuns,
  type HistoryRun,
} from "../../src/head/history-run.ts";
import type { VersionEntry } from "../../src/version/version-entry.ts";

/** The form of a history: what real heads only have after half a million versions, in small. */
export interface TreeShape {
  /** Entries in the head itself, at most. */
  readonly recent: number;
  /** Entries of a page. */
  readonly page: number;
  /** Runs of a page of runs. */
  readonly fan: number;
  /** Runs of one level that stay as they are; more of them move to pages of the next level. */
  readonly runs: number;
}

/** Lays entries (oldest first) out as lists of a head. */
export async function buildTree(
  entries: readonly VersionEntry[],
  shape: TreeShape,
  writePage: WritePage,
): Promise<VersionLists> {
  const old = entries.slice(0, Math.max(0, entries.length - shape.recent));
  let runs: HistoryRun[] = [];
  for (let start = 0; start < old.length; start += shape.page) {
    const page = old.slice(start, start + shape.page);
    runs.push(runOfEntries(page, await writePage(encodeEntryPage(page))));
  }
  const history: HistoryRun[] = [];
  for (;;) {
    const young = runs.slice(Math.max(0, runs.length - shape.runs));
    history.unshift(...young);
    const older = runs.slice(0, runs.length - young.length);
    if (older.length === 0) return { recent: entries.slice(old.length), history };
    runs = [];
    for (let start = 0; start < older.length; start += shape.fan) {
      const page = older.slice(start, start + shape.fan);
      runs.push(runOfRuns(page, await writePage(encodeRunPage(page))));
    }
  }
}
