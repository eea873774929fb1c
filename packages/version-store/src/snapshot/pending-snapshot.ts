import type { CallOptions } from "@foretile/storage";
import { readIntent } from "../commit/intent.ts";
import type { Workspace } from "../commit/workspace.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { publishRecord } from "./publish-record.ts";
import type { PinnedSet, SnapshotPagePointer, SnapshotRecord } from "./snapshot-record.ts";

/** What is known of a snapshot before its versions are chosen. */
export type SnapshotFacts = Pick<PinnedSet, "createdAtMs" | "metadata" | "immutable">;

/**
 * Takes a name for a snapshot about to be made. From then on, and until the transaction is over, collectors keep what
 * is removed from the heads, so that the versions found there can still be pinned.
 *
 * @param id the transaction that makes the snapshot; its intent says that it runs
 * @throws {VersionStoreError} `duplicate-snapshot`
 */
export async function placePending(
  context: LibraryContext,
  name: string,
  id: string,
  facts: SnapshotFacts,
  options?: CallOptions,
): Promise<void> {
  await publishRecord(
    context,
    name,
    {
      change: async (record) => {
        await ensureFree(context, name, record, options);
        const current: PinnedSet = { ...facts, id, state: "pending", symbolCount: 0, pages: [] };
        return { name, current, dropped: record?.dropped ?? [], burned: false };
      },
      isApplied: (record) => record?.current?.id === id,
    },
    options,
  );
}

async function ensureFree(
  context: LibraryContext,
  name: string,
  record: SnapshotRecord | undefined,
  options?: CallOptions,
): Promise<void> {
  if (record?.burned === true) {
    throw duplicate(name, "an immutable snapshot had this name, which can never be used again");
  }
  const current = record?.current;
  if (current === undefined) return;
  if (current.state === "committed") {
    throw duplicate(name, "there is a snapshot of this name; delete it or choose another name");
  }
  // Whoever was going to make a pending snapshot and is gone, or was given up, never will.
  const state = await readIntent(context, current.id, options);
  if (state?.intent.state === "running") {
    throw duplicate(
      name,
      "a snapshot of this name is being made; if its maker died, a collection frees the name",
    );
  }
}

function duplicate(name: string, text: string): VersionStoreError {
  return new VersionStoreError("duplicate-snapshot", `${text} snapshot=${JSON.stringify(name)}`, {
    details: { snapshot: name },
  });
}

/**
 * Turns the pending snapshot into one that everybody can read: the commit point.
 *
 * @throws {VersionStoreError} `transaction-expired` when it was given up meanwhile
 */
export async function commitPending(
  context: LibraryContext,
  name: string,
  workspace: Workspace,
  pages: readonly SnapshotPagePointer[],
): Promise<void> {
  const { id } = workspace;
  await publishRecord(context, name, {
    change: async (record) => {
      const current = record?.current;
      if (record === undefined || current?.id !== id) {
        throw new VersionStoreError(
          "transaction-expired",
          `snapshot took too long to make and was given up; start again snapshot=${JSON.stringify(name)}`,
          { details: { snapshot: name, transaction: id } },
        );
      }
      // Asked between reading the record and changing it, see there.
      await workspace.ensureRunning();
      const symbolCount = pages.reduce((sum, { count }) => sum + count, 0);
      return { ...record, current: { ...current, state: "committed", symbolCount, pages } };
    },
    isApplied: (record) =>
      (record?.current?.id === id && record.current.state === "committed") ||
      record?.dropped.some((dropped) => dropped.id === id) === true,
  });
}

/** Gives the name of a snapshot that was not made back. */
export async function withdrawPending(
  context: LibraryContext,
  name: string,
  id: string,
): Promise<void> {
  await publishRecord(context, name, {
    change: (record) =>
      record?.current?.id === id ? { ...record, current: undefined } : undefined,
    isApplied: (record) => record?.current?.id !== id,
  });
}
