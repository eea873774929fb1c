import type { CallOptions } from "@foretile/storage";
import { editHead } from "../commit/edit-head.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { publishRecord } from "../snapshot/publish-record.ts";
import type { DueRoots } from "./due-roots.ts";
import { runBounded } from "./run-bounded.ts";

const CHANGES_AT_ONCE = 8;

/**
 * Condemns removals that are due: nobody can take them back from then on.
 *
 * @returns `false` when any of them is not there any more: it was taken back meanwhile, or joined with another
 */
export async function condemnRemovals(
  context: LibraryContext,
  { removals }: DueRoots,
  options: CallOptions,
): Promise<boolean> {
  let allThere = true;
  await runBounded(removals, CHANGES_AT_ONCE, async ([symbol, { due }]) => {
    if (due.size === 0) return;
    const head = await editHead(
      context,
      symbol,
      (current) => {
        if (current?.removals.some(({ id, condemned }) => due.has(id) && !condemned) !== true) {
          return undefined;
        }
        const condemned = current.removals.map((removal) =>
          due.has(removal.id) ? { ...removal, condemned: true } : removal,
        );
        return { ...current, removals: condemned };
      },
      options,
    );
    const found = head?.removals.filter(({ id, condemned }) => due.has(id) && condemned);
    if (found?.length !== due.size) allThere = false;
  });
  return allThere;
}

/** Takes what deleted snapshots pinned out of their records: from then on it is garbage like any other. */
export async function forgetDropped(
  context: LibraryContext,
  { dropped }: DueRoots,
  options: CallOptions,
): Promise<void> {
  await runBounded(dropped, CHANGES_AT_ONCE, async ([name, ids]) => {
    await publishRecord(
      context,
      name,
      {
        change: (record) =>
          record?.dropped.some(({ id }) => ids.has(id)) === true
            ? { ...record, dropped: record.dropped.filter(({ id }) => !ids.has(id)) }
            : undefined,
        isApplied: (record) => record?.dropped.some(({ id }) => ids.has(id)) !== true,
      },
      options,
    );
  });
}

/** Takes removals out of their heads once everything they alone named is deleted. */
export async function forgetRemovals(
  context: LibraryContext,
  { removals }: DueRoots,
  options: CallOptions,
): Promise<void> {
  await runBounded(removals, CHANGES_AT_ONCE, async ([symbol, { condemned, due }]) => {
    await editHead(
      context,
      symbol,
      (head) => {
        const left = head?.removals.filter(({ id }) => !condemned.has(id) && !due.has(id));
        return head === undefined || left === undefined || left.length === head.removals.length
          ? undefined
          : { ...head, removals: left };
      },
      options,
    );
  });
}
