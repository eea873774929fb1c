import type { Actor, Simulation } from "@foretile/simulation";
import { isStorageError } from "@foretile/storage";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { collect } from "../../src/collect/collect.ts";
import { Transaction } from "../../src/commit/transaction.ts";
import { listHeads } from "../../src/head/list-heads.ts";
import { createContext, createParts } from "../../src/library/create-context.ts";
import { DEFAULT_TIMES } from "../../src/library/library-config.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { compositionOf } from "../../src/preset/composition-of.ts";
import type { PlacementOptions } from "../../src/placement/placement.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { deleteVersion } from "../../src/retention/delete-version.ts";
import { undelete } from "../../src/retention/undelete.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { deleteSnapshot } from "../../src/snapshot/delete-snapshot.ts";
import { listSnapshotSymbols } from "../../src/snapshot/list-snapshot-symbols.ts";
import { listSnapshots } from "../../src/snapshot/list-snapshots.ts";
import { listVersions } from "../../src/version/list-versions.ts";
import { resolveRecord, resolveVersion } from "../../src/version/resolve-version.ts";
import { isVersionStoreError, type VersionStoreErrorCode } from "../../src/version-store-error.ts";
import { TEST_PLACEMENT } from "../test-placement.ts";
import { itemsOf, listedNumbers } from "../text-versions.ts";
import { commitPartsIn, partsAt } from "./part-values.ts";
import { blobKeys, refKeysFrom } from "./store-contents.ts";

const hourMs = 3_600_000;

/** Nothing is kept for slow readers, so that only references protect what is stored. */
const times = { ...DEFAULT_TIMES, transactionLifetimeMs: hourMs, graceMs: 0, undeleteMs: hourMs };

const symbols = ["a", "b"];
const snapshots = ["one", "two"];

/** Clocks that make running transactions look dead, and what was just removed look old. */
const clockJumps = { probability: 0.02, maxMs: 3 * hourMs };

/**
 * Writers, somebody who removes versions, somebody who makes snapshots and restores from them, and two collectors, all
 * at once. Whatever happens, what heads and snapshots name at the end can be read, and nothing else is left behind.
 */
export async function collectorHistory(
  simulation: Simulation,
  placement: PlacementOptions = TEST_PLACEMENT,
): Promise<void> {
  const actor = (name: string): Actor => simulation.actor(name, { clockJumps });
  await simulation.run([
    [actor("ann"), (self) => repeat(self, 6, write)],
    [actor("bob"), (self) => repeat(self, 6, write)],
    [actor("cid"), (self) => repeat(self, 8, remove)],
    [actor("dan"), (self) => repeat(self, 6, snapshot)],
    [actor("eve"), (self) => repeat(self, 5, restore)],
    [actor("fay"), (self) => repeat(self, 5, collectGarbage)],
    [actor("gus"), (self) => repeat(self, 5, collectGarbage)],
  ]);

  async function repeat(self: Actor, turns: number, work: Work): Promise<void> {
    const opened = await openContext(self, placement);
    for (let turn = 0; turn < turns; turn += 1) await work(opened, self, turn);
  }

  const { memory, seed } = simulation;
  const clock = createInstantClock({ startMs: 1_600_000_000_000 });
  const random = createSeededRandom(seed);
  const context = await openContext({ store: memory, clock, random }, placement);
  await checkReadable(context, "after the history");
  await collect(context, { force: true });
  await collect(context, { force: true });
  await checkReadable(context, "after a last collection");
  await checkClean(context);
}

type Work = (context: LibraryContext, actor: Actor, turn: number) => Promise<unknown>;

async function openContext(
  options: Pick<Actor, "store" | "clock" | "random">,
  placement: PlacementOptions,
): Promise<LibraryContext> {
  const parts = await createParts(options);
  const config = {
    id: "library",
    createdAtMs: 0,
    times,
    composition: compositionOf(placement),
    quotaBytes: undefined,
  };
  return createContext(parts, config, false);
}

/** What an honest client meets on a store with faults. */
const usual: readonly VersionStoreErrorCode[] = [
  "concurrent-modification",
  "commit-outcome-unknown",
  "transaction-expired",
];

async function tolerate<T>(
  work: () => Promise<T>,
  ...codes: readonly VersionStoreErrorCode[]
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isStorageError(error, "unavailable")) return undefined;
    if (isVersionStoreError(error, ...usual, ...codes)) return undefined;
    throw error;
  }
}

function choose<T>({ random }: Actor, items: readonly T[]): T {
  return items[random.nextUint32() % items.length] as T;
}

/** Commits a list of texts, most of them those of the version before. */
const write: Work = async (context, actor, turn) => {
  const symbol = choose(actor, symbols);
  const transaction = await tolerate(() => Transaction.begin(context, symbol));
  if (transaction === undefined) return;
  const kept = ["p", "q", "r", "s"].filter(() => actor.random.nextUint32() % 4 > 0);
  await tolerate(() => commitPartsIn(transaction, [...kept, `${actor.name}.${turn}`]));
  await tolerate(() => transaction.abandon());
};

const remove: Work = async (context, actor) => {
  const symbol = choose(actor, symbols);
  // Pages of snapshots that were just deleted may be collected while they are looked through.
  const missing = ["no-data-found", "version-pinned", "data-integrity"] as const;
  const versions = await tolerate(() => listedNumbers(context, symbol), ...missing);
  const kind = actor.random.nextUint32() % 6;
  if (kind === 0) {
    await tolerate(() => deleteSymbol(context, symbol, { hard: true }), ...missing);
  } else if (kind === 1) {
    await tolerate(() => undelete(context, symbol), ...missing);
  } else if (versions !== undefined && versions.length > 0) {
    const version = choose(actor, versions);
    await tolerate(
      () => deleteVersion(context, symbol, version, { allowLatest: true }),
      ...missing,
    );
  }
};

const snapshot: Work = async (context, actor) => {
  const name = choose(actor, snapshots);
  if (actor.random.nextUint32() % 3 === 0) {
    await tolerate(() => deleteSnapshot(context, name), "no-such-snapshot");
  } else {
    await tolerate(() => createSnapshot(context, name), "duplicate-snapshot");
  }
};

/** Makes a version out of one that a snapshot pins, or of one that was live once its intent was there. */
const restore: Work = async (context, actor) => {
  const symbol = choose(actor, symbols);
  const asOf = choose<string | undefined>(actor, [...snapshots, undefined]);
  const begin = () => Transaction.begin(context, symbol, { kind: "restore" });
  const transaction = await tolerate(begin);
  if (transaction === undefined) return;
  await tolerate(
    async () => {
      const sharedWith = await resolveRecord(context, symbol, { asOf });
      await transaction.commit(() => ({ sharedWith, operation: "restore" }));
    },
    "no-data-found",
    "no-such-snapshot",
  );
  await tolerate(() => transaction.abandon());
};

/** Damage is never tolerated: whatever collectors meet is only on its way. */
const collectGarbage: Work = async (context) => {
  await tolerate(() => collect(context, { force: true, waitMs: 100 }));
};

/** Every version that a head or a snapshot names is there, with all its segments. */
async function checkReadable(context: LibraryContext, when: string): Promise<void> {
  const check = async (symbol: string, asOf: number | string): Promise<void> => {
    const parts = await partsAt(context, symbol, asOf);
    const { manifest } = await resolveVersion(context, symbol, { asOf });
    if (JSON.stringify(parts) !== JSON.stringify(manifest.body)) {
      throw new Error(`${when} a version cannot be read ${symbol} ${asOf} found=${String(parts)}`);
    }
  };
  for (const { head } of await itemsOf(listHeads(context, ""))) {
    if (head === undefined) throw new Error(`${when} a head is damaged`);
    for (const { version, operation } of await itemsOf(listVersions(context, head.symbol))) {
      if (operation !== "delete") await check(head.symbol, version);
    }
  }
  for (const { name } of await itemsOf(listSnapshots(context))) {
    if (name === undefined) throw new Error(`${when} a snapshot is damaged`);
    for (const { symbol } of await itemsOf(listSnapshotSymbols(context, name))) {
      await check(symbol, name);
    }
  }
}

/**
 * Nothing is left but what is needed. A document that a late request stored after its commit had failed looks like a
 * version that its head lost, and is kept until its number is given to another version.
 */
async function checkClean(context: LibraryContext): Promise<void> {
  const { found, owners, stranded } = await collect(context, { dryRun: true });
  const heads = await itemsOf(listHeads(context, ""));
  const isLate = ({ symbol, version }: (typeof stranded)[number]): boolean => {
    const head = heads.find((listed) => listed.head?.symbol === symbol)?.head;
    return (head?.lastVersion ?? 0) + 1 === version;
  };
  const stored = (await blobKeys(context)).length;
  const listed = Object.values(found).reduce((sum, { blobs }) => sum + blobs, 0);
  const intents = await refKeysFrom(context, "i/");
  if (owners.length > 0 || !stranded.every(isLate) || intents.length > 0 || listed !== stored) {
    throw new Error(`garbage is left ${JSON.stringify({ owners, stranded, intents })}`);
  }
}
