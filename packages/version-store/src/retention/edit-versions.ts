import type { CallOptions } from "@foretile/storage";
import { editHeadWithPages } from "../commit/edit-head-with-pages.ts";
import { pageWriters } from "../commit/page-writers.ts";
import { readHead } from "../head/head-record.ts";
import type { Head } from "../head/head.ts";
import type { PageWriters } from "../head/remove-versions.ts";
import { headKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { isVersionStoreError } from "../version-store-error.ts";

/** An edit whose pages keep vanishing is started anew at most this often. */
const MAX_STARTS = 4;

/** The next state of a head, which has a removal that the one before had not, and what to tell about it. */
export interface VersionsEdit<T> {
  readonly next: Omit<Head, "changeId">;
  readonly outcome: T;
}

/** What became of an edit. */
export interface EditedVersions<T> {
  /** `undefined` when there was nothing to do. */
  readonly outcome: T | undefined;
  /** Why pages that nothing needs, or the intent, could not be removed; harmless garbage for a later collection. */
  readonly cleanupError?: Error;
}

interface Attempt<T> {
  readonly removalIds: ReadonlySet<string>;
  readonly outcome: T;
}

/**
 * Takes versions out of a head or back into it. An attempt of which nobody said whether it happened, is found in later
 * heads by its removals.
 *
 * @param edit called again with the newest head whenever somebody else was first; gives `undefined` when there is
 *   nothing to do
 * @throws {VersionStoreError} `read-only-library`, `transaction-expired`, `concurrent-modification`,
 *   `commit-outcome-unknown`
 */
export async function editVersions<T>(
  context: LibraryContext,
  symbol: string,
  edit: (head: Head | undefined, writers: PageWriters) => Promise<VersionsEdit<T> | undefined>,
  options?: CallOptions,
): Promise<EditedVersions<T>> {
  const attempts: Attempt<T>[] = [];
  let settled: Attempt<T> | undefined;
  let seen: string | undefined;
  for (let start = 1; ; start += 1) {
    try {
      const { cleanupError } = await editHeadWithPages(
        context,
        symbol,
        async (head, workspace) => {
          seen = head?.changeId;
          settled = attempts.find(({ removalIds }) =>
            head?.removals.some(({ id }) => removalIds.has(id)),
          );
          if (settled !== undefined) return undefined;
          const edited = await edit(head, pageWriters(workspace));
          if (edited === undefined) return undefined;
          settled = attemptOf(head, edited);
          attempts.push(settled);
          return edited.next;
        },
        options,
      );
      return { outcome: settled?.outcome, ...(cleanupError && { cleanupError }) };
    } catch (error) {
      if (start === MAX_STARTS || !isVersionStoreError(error, "data-integrity")) throw error;
      // Pages that a newer head replaced may be collected: only damage when the head is still the same.
      const now = await readHead(context, headKey(symbol), symbol, options);
      if (now?.head.changeId === seen) throw error;
    }
  }
}

function attemptOf<T>(head: Head | undefined, { next, outcome }: VersionsEdit<T>): Attempt<T> {
  const before = new Set(head?.removals.map(({ id }) => id));
  const ids = next.removals.map(({ id }) => id).filter((id) => !before.has(id));
  return { removalIds: new Set(ids), outcome };
}
