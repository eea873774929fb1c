import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import type { Removal } from "./head.ts";
import type { WritePage } from "./history.ts";
import { encodeRemovedPage, readRemovedPage } from "./removed-page.ts";
import { MAX_REMOVED_ENTRIES } from "./removed-pages.ts";

/** Removals are joined when that makes a head so many shorter: often enough to bound it, too seldom to cost much. */
const MIN_SAVED = 16;

/** Removals that fall due within this part of the grace time may be joined: nothing waits much longer for that. */
const DUE_SHARE = 1 / 4;

export interface CompactRemovalsOptions extends CallOptions {
  readonly nowMs: number;
  /** What has to stay as it is. */
  readonly isFixed: (removal: Removal) => boolean;
  /** Stores a page of removed versions. */
  readonly writePage: WritePage;
}

/**
 * Joins many small removals into few large ones, so that a head stays small however often it is pruned and however
 * seldom garbage is collected. Joined versions are due together, when the last of them would have been, and cannot be
 * taken back any more; removals that are being collected stay as they are.
 *
 * @param removals oldest first
 * @returns as many removals or fewer, oldest first
 */
export async function compactRemovals(
  context: LibraryContext,
  removals: readonly Removal[],
  options: CompactRemovalsOptions,
): Promise<readonly Removal[]> {
  const { nowMs, isFixed } = options;
  const { graceMs } = context.config.times;
  const dueMs = (removal: Removal): number =>
    Math.max(removal.removedAtMs + graceMs, removal.keepUntilMs);
  const mayJoin = (group: readonly Removal[], next: Removal): boolean => {
    const [first] = group;
    if (first === undefined || countOf(group) + next.count > MAX_REMOVED_ENTRIES) return false;
    return dueMs(next) <= nowMs || dueMs(next) - dueMs(first) <= graceMs * DUE_SHARE;
  };

  const candidates = removals.filter((removal) => !removal.condemned && !isFixed(removal));
  const groups: Removal[][] = [];
  for (const removal of candidates.toSorted((left, right) => dueMs(left) - dueMs(right))) {
    const group = groups.at(-1);
    if (group !== undefined && mayJoin(group, removal)) group.push(removal);
    else groups.push([removal]);
  }
  if (candidates.length - groups.length < MIN_SAVED) return removals;

  const joined: Removal[] = removals.filter((removal) => !candidates.includes(removal));
  for (const group of groups) joined.push(await join(context, group, options));
  return joined.toSorted((left, right) => left.removedAtMs - right.removedAtMs);
}

async function join(
  context: LibraryContext,
  group: readonly Removal[],
  options: CompactRemovalsOptions,
): Promise<Removal> {
  const [only, ...others] = group;
  if (only !== undefined && others.length === 0) return only;
  const entries: VersionEntry[] = [];
  for (const removal of group) entries.push(...(await readRemovedPage(context, removal, options)));
  entries.sort((left, right) => left.version - right.version);
  return {
    id: context.ids.nextId(),
    reason: "prune",
    removedAtMs: Math.max(...group.map((removal) => removal.removedAtMs)),
    keepUntilMs: Math.max(...group.map((removal) => removal.keepUntilMs)),
    condemned: false,
    count: entries.length,
    page: await options.writePage(encodeRemovedPage(entries)),
  };
}

function countOf(removals: readonly Removal[]): number {
  return removals.reduce((sum, { count }) => sum + count, 0);
}
