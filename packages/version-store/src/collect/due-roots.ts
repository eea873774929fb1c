import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import { isDamage } from "./damage.ts";
import { headRefs, snapshotRefs } from "./listed-refs.ts";
import { openHead } from "./walk-head.ts";
import { openSnapshot } from "./walk-snapshot.ts";

/** Removals of one symbol whose time has come: by id, how many versions they name. */
interface DueRemovals {
  /** A collection condemned them before and did not finish. */
  readonly condemned: ReadonlyMap<string, number>;
  /** They may be condemned now. */
  readonly due: ReadonlyMap<string, number>;
}

/** A snapshot that somebody began to make. */
interface PendingSnapshot {
  readonly name: string;
  readonly transactionId: string;
}

/** What a collection may take away, if nobody needs it. */
export interface DueRoots {
  /** By symbol. */
  readonly removals: ReadonlyMap<string, DueRemovals>;
  /** Ids of sets that deleted snapshots pinned, by the snapshot's name. */
  readonly dropped: ReadonlyMap<string, ReadonlySet<string>>;
  readonly pending: readonly PendingSnapshot[];
}

export interface FindDueOptions extends CallOptions {
  /** Only removals of these, and no deleted snapshots. Default: everything. */
  readonly symbols?: ReadonlySet<string> | undefined;
  readonly nowMs: number;
}

/**
 * Finds what was removed and deleted long enough ago. Clocks only decide whether it is worth trying: nothing that
 * somebody may still need is lost when they are wrong, except to readers that are slower than the grace time.
 *
 * Damaged heads and records are passed over; the walk through the library tells of them.
 */
export async function findDueRoots(
  context: LibraryContext,
  { symbols, nowMs, signal }: FindDueOptions,
): Promise<DueRoots> {
  const { graceMs } = context.config.times;
  const removals = new Map<string, DueRemovals>();
  const dropped = new Map<string, ReadonlySet<string>>();
  const pending: PendingSnapshot[] = [];

  for await (const refs of headRefs(context, symbols, { signal })) {
    for (const { key, value } of refs) {
      const head = unlessDamaged(() => openHead(context, key, value));
      const found = (head?.removals ?? []).filter(
        ({ condemned, removedAtMs, keepUntilMs }) =>
          condemned || (nowMs >= removedAtMs + graceMs && nowMs >= keepUntilMs),
      );
      if (head === undefined || found.length === 0) continue;
      const counts = (condemned: boolean): ReadonlyMap<string, number> =>
        new Map(found.filter((r) => r.condemned === condemned).map(({ id, count }) => [id, count]));
      removals.set(head.symbol, { condemned: counts(true), due: counts(false) });
    }
  }

  for await (const refs of snapshotRefs(context, { signal })) {
    for (const { key, value } of refs) {
      const record = unlessDamaged(() => openSnapshot(context, key, value));
      if (record === undefined) continue;
      const { name, current } = record;
      if (current?.state === "pending") pending.push({ name, transactionId: current.id });
      const due = record.dropped.filter((set) => nowMs >= set.droppedAtMs + graceMs);
      if (due.length > 0 && symbols === undefined) {
        dropped.set(name, new Set(due.map(({ id }) => id)));
      }
    }
  }
  return { removals, dropped, pending };
}

function unlessDamaged<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}
