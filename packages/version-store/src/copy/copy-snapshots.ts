import { isDamage } from "../collect/damage.ts";
import { runBounded } from "../collect/run-bounded.ts";
import { createSnapshot, type SnapshotInfo } from "../snapshot/create-snapshot.ts";
import { listSnapshotSymbols } from "../snapshot/list-snapshot-symbols.ts";
import { listSnapshots } from "../snapshot/list-snapshots.ts";
import type { PinnedVersion } from "../snapshot/snapshot-page.ts";
import { listSymbols } from "../version/list-symbols.ts";
import { resolveEntry } from "../version/resolve-version.ts";
import { isVersionStoreError } from "../version-store-error.ts";
import type { CopyJob } from "./copy-job.ts";
import { isSameVersion, type WantedVersion } from "./plan-symbol.ts";

/** So many pins are looked up at the target at a time. */
const LOOKUPS_AT_ONCE = 16;

/** The snapshots of a library. */
export interface SourceSnapshots {
  readonly snapshots: readonly SnapshotInfo[];
  /** What they pin, by symbol. */
  readonly pins: ReadonlyMap<string, readonly WantedVersion[]>;
}

/**
 * Reads what all snapshots of the source pin, and tells which of them cannot be read. Holds about 300 bytes per pin.
 */
export async function readSnapshots(job: CopyJob): Promise<SourceSnapshots> {
  const { source, tally, call } = job;
  const snapshots: SnapshotInfo[] = [];
  const pins = new Map<string, WantedVersion[]>();
  for await (const batch of source.listSnapshots(call)) {
    for (const listed of batch) {
      if (listed.name === undefined) {
        tally.addProblem({ kind: "damaged", key: listed.key, message: listed.error.message });
        continue;
      }
      const { name } = listed;
      const pinned = await readPins(job, name);
      if (pinned === undefined) continue;
      snapshots.push(listed);
      for (const { symbol, entry } of pinned) {
        pins.set(symbol, [...(pins.get(symbol) ?? []), { entry, snapshot: name }]);
      }
    }
  }
  return { snapshots, pins };
}

/** Makes the snapshots at the target that it does not have, once their versions are there. */
export async function copySnapshots(
  job: CopyJob,
  snapshots: readonly SnapshotInfo[],
): Promise<void> {
  const there = new Set<string>();
  for await (const batch of listSnapshots(job.target, job.call)) {
    for (const { name } of batch) if (name !== undefined) there.add(name);
  }
  for (const snapshot of snapshots) {
    const pins = await readPins(job, snapshot.name);
    if (pins === undefined) continue;
    if (there.has(snapshot.name)) await compareSnapshot(job, snapshot.name, pins);
    else await copySnapshot(job, snapshot, pins);
  }
}

/** What a snapshot of the source pins; `undefined` when that cannot be read, which is told. */
async function readPins(
  { source, tally, call }: CopyJob,
  name: string,
): Promise<readonly PinnedVersion[] | undefined> {
  const pins: PinnedVersion[] = [];
  try {
    for await (const batch of source.listSnapshotSymbols(name, call)) pins.push(...batch);
    return pins;
  } catch (error) {
    if (!isDamage(error) && !isVersionStoreError(error, "no-such-snapshot")) throw error;
    const kind = isDamage(error) ? "damaged" : "gone";
    tally.addProblem({ kind, snapshot: name, message: error.message });
    return undefined;
  }
}

async function compareSnapshot(
  { target, tally, call }: CopyJob,
  name: string,
  pins: readonly PinnedVersion[],
): Promise<void> {
  const unseen = new Map(pins.map(({ symbol, entry }) => [symbol, entry]));
  let isSame = true;
  for await (const batch of listSnapshotSymbols(target, name, call)) {
    for (const { symbol, entry } of batch) {
      isSame &&= isSameVersion(entry, unseen.get(symbol));
      unseen.delete(symbol);
    }
  }
  if (isSame && unseen.size === 0) {
    tally.snapshots.present += 1;
    return;
  }
  const message = "the target has a snapshot of that name that pins something else";
  tally.addProblem({ kind: "diverged", snapshot: name, message });
}

async function copySnapshot(
  job: CopyJob,
  { name, metadata, immutable }: SnapshotInfo,
  pins: readonly PinnedVersion[],
): Promise<void> {
  const { target, tally, dryRun, call } = job;
  if (!dryRun) {
    const missing = await findMissing(job, pins);
    if (missing !== undefined) {
      const message = `it pins what the target does not have symbol=${JSON.stringify(missing.symbol)} version=${missing.entry.version}`;
      tally.addProblem({ kind: "incomplete", snapshot: name, message });
      return;
    }
    const versions = Object.fromEntries(pins.map(({ symbol, entry }) => [symbol, entry.version]));
    const skipSymbols = await otherSymbols(job, new Set(Object.keys(versions)));
    try {
      await createSnapshot(target, name, { ...call, metadata, immutable, versions, skipSymbols });
    } catch (error) {
      if (!isVersionStoreError(error, "duplicate-snapshot")) throw error;
      tally.addProblem({ kind: "incomplete", snapshot: name, message: error.message });
      return;
    }
  }
  tally.snapshots.copied += 1;
}

/** A pin whose version the target does not have under its number. */
async function findMissing(
  { target, call }: CopyJob,
  pins: readonly PinnedVersion[],
): Promise<PinnedVersion | undefined> {
  let missing: PinnedVersion | undefined;
  await runBounded(pins, LOOKUPS_AT_ONCE, async (pin) => {
    const { symbol, entry } = pin;
    try {
      const there = await resolveEntry(target, symbol, { ...call, asOf: entry.version });
      if (!isSameVersion(entry, there)) missing ??= pin;
    } catch (error) {
      if (!isVersionStoreError(error, "no-data-found")) throw error;
      missing ??= pin;
    }
  });
  return missing;
}

async function otherSymbols(
  { target, call }: CopyJob,
  pinned: ReadonlySet<string>,
): Promise<readonly string[]> {
  const others: string[] = [];
  for await (const batch of listSymbols(target, call)) {
    for (const { symbol } of batch) {
      if (symbol !== undefined && !pinned.has(symbol)) others.push(symbol);
    }
  }
  return others;
}
