import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import { compactRemovals } from "./compact-removals.ts";
import type { Head, Removal } from "./head.ts";
import type { WritePage } from "./history.ts";
import { removeEntries } from "./remove-entries.ts";
import { RemovedPages, type RemovalFacts } from "./removed-pages.ts";
import type { VersionSelection } from "./version-selection.ts";

/** Store the two kinds of pages that hang from a head, each under a fresh key. */
export interface PageWriters {
  readonly history: WritePage;
  readonly removed: WritePage;
}

/** Which versions go, and how. */
export interface VersionRemoval extends RemovalFacts {
  readonly selection: VersionSelection;
}

/**
 * Takes versions out of a head: nobody can read them by number any more, and a collector may delete them once their
 * time has come. Versions that are not there are no error.
 */
export async function removeVersions<H extends Pick<Head, "recent" | "history" | "removals">>(
  context: LibraryContext,
  head: H,
  { selection, ...facts }: VersionRemoval,
  writers: PageWriters,
  options?: CallOptions,
): Promise<H> {
  const removed = new RemovedPages(context, facts, writers.removed);
  const lists = await removeEntries(context, head, selection, {
    ...options,
    writePage: writers.history,
    onRemoved: (entries) => removed.add(entries),
  });
  const removals = await compactRemovals(context, [...head.removals, ...(await removed.finish())], {
    ...options,
    nowMs: context.clock.nowMs(),
    isFixed: (removal) => canBeTakenBack({ ...head, ...lists }, removal),
    writePage: writers.removed,
  });
  return { ...head, ...lists, removals };
}

/**
 * The removals that came with the deletion of a symbol, those of older versions first; none when its newest version is
 * not a `delete`. The removal and the `delete` bear the same time, which no other version of the symbol has.
 */
export function removalsOfDeletion({
  recent,
  removals,
}: Pick<Head, "recent" | "removals">): readonly Removal[] {
  return removals.filter((removal) => canBeTakenBack({ recent }, removal));
}

function canBeTakenBack({ recent }: Pick<Head, "recent">, removal: Removal): boolean {
  return removal.reason === "delete" && removal.removedAtMs === recent.at(-1)?.committedAtMs;
}
