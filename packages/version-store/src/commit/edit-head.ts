import type { CallOptions } from "@foretile/storage";
import { readHead } from "../head/head-record.ts";
import { emptyHead, type Head } from "../head/head.ts";
import { headKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { pauseAfterLostRace, MAX_LOST_RACES } from "./lost-race.ts";
import { publishHead } from "./publish-head.ts";
import type { Workspace } from "./workspace.ts";

/**
 * A head's next state (its `changeId` is replaced), or `undefined` to leave it alone. Called again with the newest head
 * whenever somebody else was first, so it must only depend on what it is given, and find nothing to do once it was
 * applied.
 */
export type HeadEdit = (
  head: Head | undefined,
) => Omit<Head, "changeId"> | undefined | Promise<Omit<Head, "changeId"> | undefined>;

export interface EditHeadOptions extends CallOptions {
  /** Where `edit` stores pages; see `editHeadWithPages`, which opens and closes it. */
  readonly workspace?: Workspace | undefined;
}

/**
 * Changes a head without making a version.
 *
 * @returns the head as it is afterwards, `undefined` when there is none
 * @throws {VersionStoreError} `concurrent-modification`, `commit-outcome-unknown`
 */
export async function editHead(
  context: LibraryContext,
  symbol: string,
  edit: HeadEdit,
  { workspace, signal }: EditHeadOptions = {},
): Promise<Head | undefined> {
  const key = headKey(symbol);
  for (let lostRaces = 0; lostRaces < MAX_LOST_RACES; lostRaces += 1) {
    if (lostRaces > 0) await pauseAfterLostRace(context, lostRaces, { signal });
    workspace?.startAttempt();
    const state = await readHead(context, key, symbol, { signal });
    // In this order: see ensureRunning.
    await workspace?.ensureRunning({ signal });
    const edited = await edit(state?.head);
    if (edited === undefined) return state?.head;
    const next: Head = { ...edited, changeId: context.ids.nextId() };
    const outcome = await publishHead(context, {
      key,
      expected: state?.token,
      next,
      // A head that others changed since does not tell.
      isPublished: (head) => (head.changeId === next.changeId ? true : undefined),
    });
    if (outcome === "published") return next;
    if (outcome === "unclear") workspace?.disownAttempt();
  }
  throw new VersionStoreError(
    "concurrent-modification",
    `others kept changing the symbol symbol=${symbol} attempts=${MAX_LOST_RACES}`,
    { retry: "safe", details: { symbol } },
  );
}

/**
 * Gives a head a new token and changes nothing else: whatever was going to change the head as it was, cannot any more.
 * A head that does not exist is created empty, so that nobody can create it.
 */
export async function touchHead(
  context: LibraryContext,
  symbol: string,
  options?: CallOptions,
): Promise<void> {
  await editHead(context, symbol, (head) => head ?? emptyHead(symbol), options);
}
