import type { CallOptions } from "@foretile/storage";
import { MAX_LOST_RACES, pauseAfterLostRace } from "../commit/lost-race.ts";
import { settleSwap } from "../commit/settle-swap.ts";
import { snapshotKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import {
  decodeSnapshotBytes,
  readSnapshotRecord,
  sealSnapshotRecord,
  type SnapshotRecord,
} from "./snapshot-record.ts";

/** One change of the record of a snapshot's name. */
export interface RecordChange {
  /**
   * Gives the record's next state (its `changeId` is replaced), or `undefined` to leave it alone. Called again with the
   * newest record whenever somebody else was first.
   */
  readonly change: (
    record: SnapshotRecord | undefined,
  ) =>
    | Omit<SnapshotRecord, "changeId">
    | undefined
    | Promise<Omit<SnapshotRecord, "changeId"> | undefined>;
  /** Whether a record that was read back contains the change or follows from it. */
  readonly isApplied: (record: SnapshotRecord | undefined) => boolean;
}

/**
 * Changes the record of a snapshot's name by compare-and-set; a record with nothing left to say is deleted. Lost answers
 * are settled as `settleSwap` says.
 *
 * @throws {VersionStoreError} `concurrent-modification`, `commit-outcome-unknown`, `invalid-argument` when the record
 *   would be too large, and whatever `change` throws
 */
export async function publishRecord(
  context: LibraryContext,
  name: string,
  { change, isApplied }: RecordChange,
  options?: CallOptions,
): Promise<void> {
  const key = snapshotKey(name);
  for (let lostRaces = 0; lostRaces < MAX_LOST_RACES; lostRaces += 1) {
    if (lostRaces > 0) await pauseAfterLostRace(context, lostRaces, options);
    const state = await readSnapshotRecord(context, name, options);
    const changed = await change(state?.record);
    if (changed === undefined) return;
    const next: SnapshotRecord = { ...changed, changeId: context.ids.nextId() };
    if (state === undefined && isEmpty(next)) return;
    const outcome = await settleSwap(context, {
      key,
      expected: state?.token,
      next: isEmpty(next) ? undefined : sealSnapshotRecord(context, next),
      isApplied: (found) =>
        isApplied(found === undefined ? undefined : decodeSnapshotBytes(context, found, key)),
      details: { snapshot: name, change: next.changeId },
    });
    if (outcome === "published") return;
  }
  throw new VersionStoreError(
    "concurrent-modification",
    `others kept changing the snapshot snapshot=${JSON.stringify(name)} attempts=${MAX_LOST_RACES}`,
    { retry: "safe", details: { snapshot: name } },
  );
}

function isEmpty({ current, dropped, burned }: SnapshotRecord): boolean {
  return current === undefined && dropped.length === 0 && !burned;
}
