import type { CallOptions } from "@foretile/storage";
import { toKey } from "@foretile/storage";
import type { Damage } from "../collect/damage.ts";
import { isDamage } from "../collect/damage.ts";
import { Workspace } from "../commit/workspace.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { publishRecord } from "../snapshot/publish-record.ts";
import { readSnapshotPage, type PinnedVersion } from "../snapshot/snapshot-page.ts";
import {
  readSnapshotRecord,
  type DroppedSet,
  type PinnedSet,
  type SnapshotPagePointer,
} from "../snapshot/snapshot-record.ts";
import { writeSnapshotPages } from "../snapshot/write-snapshot-pages.ts";
import { isVersionStoreError } from "../version-store-error.ts";
import { wholeMessage } from "./check-visitor.ts";
import type { RepairLog } from "./repair-log.ts";
import type { RepairOptions } from "./repair-options.ts";

export type RepairSnapshotsOptions = CallOptions &
  Pick<RepairOptions, "saveDamaged" | "giveUpLost">;

/** Gives up what snapshots pin and nobody can read any more, where that is allowed; tells of it in any case. */
export async function repairSnapshots(
  context: LibraryContext,
  damages: readonly Damage[],
  log: RepairLog,
  options: RepairSnapshotsOptions,
): Promise<void> {
  for (const damage of damages) {
    if (damage.what === "snapshot") await repairRecord(context, damage, log, options);
  }
  const byName = Map.groupBy(damages, ({ what, snapshot }) =>
    lostWithPins.has(what) ? snapshot : undefined,
  );
  for (const [name, lost] of byName) {
    if (name !== undefined) await repairPins(context, name, lost, log, options);
  }
}

/** What a pin is worth nothing without. */
const lostWithPins: ReadonlySet<Damage["what"]> = new Set<Damage["what"]>([
  "snapshot-page",
  "version",
  "manifest",
  "segment-page",
]);

async function repairRecord(
  context: LibraryContext,
  { key, error }: Damage,
  log: RepairLog,
  { giveUpLost = false, saveDamaged, signal }: RepairSnapshotsOptions,
): Promise<void> {
  const finding = { severity: "error", kind: "snapshot", key } as const;
  const what = wholeMessage(error);
  if (!giveUpLost) {
    const message = `${what}; it cannot be brought back, only given up`;
    log.leave({ ...finding, message });
    return;
  }
  await log.put({ ...finding, message: `${what}; given up, with all it pins` }, async () => {
    const ref = await context.refs.read(toKey(key), { signal });
    if (ref === undefined) return true;
    await saveDamaged?.(key, ref.value);
    const { swapped } = await context.refs.compareAndSet(toKey(key), ref.token, undefined);
    return swapped;
  });
}

async function repairPins(
  context: LibraryContext,
  name: string,
  lost: readonly Damage[],
  log: RepairLog,
  { giveUpLost = false, signal }: RepairSnapshotsOptions,
): Promise<void> {
  const symbols = [...new Set(lost.flatMap(({ symbol }) => symbol ?? []))].sort();
  const finding = {
    severity: "error",
    kind: "snapshot",
    snapshot: name,
    symbol: symbols.length === 1 ? symbols[0] : undefined,
  } as const;
  const what = `${lost.length} documents of what the snapshot pins are damaged or gone`;
  if (!giveUpLost) {
    log.leave({ ...finding, message: `${what}; they cannot be brought back, only given up` });
    return;
  }
  await log.put({ ...finding, message: `${what}; given up` }, () =>
    dropLostPins(context, name, lost, { signal }),
  );
}

async function dropLostPins(
  context: LibraryContext,
  name: string,
  lost: readonly Damage[],
  options: CallOptions,
): Promise<boolean> {
  const state = await readSnapshotRecord(context, name, options);
  if (state === undefined) return true;
  const { current, dropped } = state.record;
  const workspace = await Workspace.open(context, {
    kind: "edit",
    symbols: [],
    snapshot: name,
    lifetimeMs: context.config.times.transactionLifetimeMs,
    signal: options.signal,
  });
  let isDone = false;
  try {
    const kept = current && (await keepSound(context, current, lost, workspace, options));
    const sound: DroppedSet[] = [];
    for (const set of dropped) {
      const pins = await soundPins(context, set.pages, lost, options);
      // Nobody but a slow reader needs it any more.
      if (pins.length === set.pages.reduce((sum, { count }) => sum + count, 0)) sound.push(set);
    }
    await publishRecord(context, name, {
      change: async (record) => {
        isDone = false;
        if (record === undefined || record.changeId !== state.record.changeId) return undefined;
        await workspace.ensureRunning();
        isDone = true;
        return { ...record, current: kept, dropped: sound };
      },
      // In doubt it happened: its pages are kept then.
      isApplied: () => true,
    });
  } catch (error) {
    if (!isVersionStoreError(error, "commit-outcome-unknown")) {
      await Promise.allSettled([workspace.close([])]);
    }
    throw error;
  }
  await workspace.close(isDone ? workspace.attemptKeys : []);
  return isDone;
}

async function keepSound(
  context: LibraryContext,
  current: PinnedSet,
  lost: readonly Damage[],
  workspace: Workspace,
  options: CallOptions,
): Promise<PinnedSet> {
  const pins = await soundPins(context, current.pages, lost, options);
  if (pins.length === current.symbolCount) return current;
  const pages = await writeSnapshotPages(workspace, pins, options);
  return { ...current, pages, symbolCount: pins.length };
}

async function soundPins(
  context: LibraryContext,
  pages: readonly SnapshotPagePointer[],
  lost: readonly Damage[],
  options: CallOptions,
): Promise<PinnedVersion[]> {
  const gone = new Set(lost.map(({ symbol, version }) => JSON.stringify([symbol, version])));
  const pins: PinnedVersion[] = [];
  for (const page of pages) {
    try {
      pins.push(...(await readSnapshotPage(context, page, options)));
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
  return pins.filter(({ symbol, entry }) => !gone.has(JSON.stringify([symbol, entry.version])));
}
