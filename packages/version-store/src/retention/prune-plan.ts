import type { CallOptions } from "@foretile/storage";
import type { Head } from "../head/head.ts";
import { entriesNewestFirst } from "../head/history.ts";
import { removeVersions } from "../head/remove-versions.ts";
import { selectVersions } from "../head/version-selection.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { editVersions, type EditedVersions } from "./edit-versions.ts";
import type { RetentionPolicy } from "./policy.ts";
import { RetentionPass } from "./versions-to-remove.ts";

/** A version that was removed, or would be. */
export type RemovedVersion = Pick<
  VersionEntry,
  "version" | "committedAtMs" | "operation" | "rawBytes" | "storedBytes"
>;

/** How the versions of a symbol are judged. */
export interface PruneRequest {
  readonly policy: RetentionPolicy;
  /** When the ages are taken. */
  readonly nowMs: number;
  /** Versions of the symbol that stay whatever the policy says. */
  readonly pinned: ReadonlySet<number>;
}

/** What a policy does to one state of a head. */
export interface PrunePlan {
  readonly changeId: string;
  /** Newest first. */
  readonly removed: readonly RemovedVersion[];
}

/** Judges all versions that a head lists. */
export async function planPrune(
  context: LibraryContext,
  head: Head,
  { policy, nowMs, pinned }: PruneRequest,
  options?: CallOptions,
): Promise<PrunePlan> {
  const pass = new RetentionPass(policy, nowMs, pinned);
  const removed: RemovedVersion[] = [];
  for await (const entries of entriesNewestFirst(context, head, options)) {
    for (const entry of entries) {
      if (pass.keeps(entry)) continue;
      const { version, committedAtMs, operation, rawBytes, storedBytes } = entry;
      removed.push({ version, committedAtMs, operation, rawBytes, storedBytes });
    }
  }
  return { changeId: head.changeId, removed };
}

/**
 * Removes what a plan removes, in one change of the head; when the head is another one by then, what a new plan removes.
 *
 * A snapshot that is made at the same time may pin a version that was not pinned when the pins were read, and is removed
 * here. Its data is safe: the snapshot's intent and pending record were there before it read the head, and as long as
 * they are, no collector deletes anything that is removed; once it is committed, its own pages lead to the version. The
 * version may only be missing from the symbol's list, so that it is read by the snapshot's name but not by its number.
 */
export async function carryOutPrune(
  context: LibraryContext,
  symbol: string,
  plan: PrunePlan,
  request: PruneRequest,
  options?: CallOptions,
): Promise<EditedVersions<readonly RemovedVersion[]>> {
  return editVersions(
    context,
    symbol,
    async (head, writers) => {
      if (head === undefined) return undefined;
      const { removed } =
        head.changeId === plan.changeId ? plan : await planPrune(context, head, request, options);
      if (removed.length === 0) return undefined;
      const removedAtMs = Math.floor(context.clock.nowMs());
      const removal = {
        selection: selectVersions(removed.map(({ version }) => version)),
        reason: "prune",
        removedAtMs,
        keepUntilMs: removedAtMs,
      } as const;
      const next = await removeVersions(context, head, removal, writers, options);
      return { next, outcome: removed };
    },
    options,
  );
}
