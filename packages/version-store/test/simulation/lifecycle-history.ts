import type { Actor, Simulation } from "@foretile/simulation";
import {
  createLibrary,
  openLibrary,
  type Library,
  type PlacementOptions,
} from "../../src/index.ts";
import { TEST_PLACEMENT } from "../test-placement.ts";
import { calmLibrary } from "./calm-library.ts";
import { checkCommits, readRemains } from "./check-history.ts";
import { appendItem, readItems, replaceList, rewriteList } from "./lists.ts";
import { reader } from "./reader.ts";
import { Recorded } from "./recorded.ts";
import { tolerate } from "./tolerate.ts";
import { openWith, writer } from "./writer.ts";

const hourMs = 3_600_000;
const yearMs = 365 * 24 * hourMs;

/**
 * Writers, readers, and everybody who removes, pins and collects, all at once. Removed versions may be collected at
 * once, and clocks jump by hours, so that transactions are given up that still run.
 */
export async function lifecycleHistory(
  simulation: Simulation,
  composition: PlacementOptions = TEST_PLACEMENT,
): Promise<void> {
  const recorded = new Recorded();
  const symbols = ["a", "b"];
  const times = { transactionLifetimeMs: hourMs, graceMs: 0, undeleteMs: 0 };
  await createLibrary({ ...calmLibrary(simulation), times, composition });
  const clockJumps = { probability: 0.02, maxMs: 3 * hourMs };
  const changes = [appendItem, appendItem, rewriteList, replaceList];
  const writing = { symbols, changes, commits: 6, atOnce: 2 };
  await simulation.run([
    [simulation.actor("ann"), writer(simulation, recorded, writing)],
    [simulation.actor("bob", { clockJumps }), writer(simulation, recorded, writing)],
    [simulation.actor("eve"), reader(recorded, { symbols, reads: 8, mayGoBack: true })],
    [simulation.actor("pru"), pruner(symbols, 6)],
    [simulation.actor("sue"), snapshotter(recorded, 4)],
    [simulation.actor("col", { clockJumps }), collector(5)],
    [simulation.actor("cy", { clockJumps, clockOffsetMs: 5 * hourMs }), collector(3)],
  ]);
  const late = await openLibrary(calmLibrary(simulation));
  await checkSnapshots(late, recorded);
  checkCommits(recorded, await readRemains(calmLibrary(simulation)), true);
  await checkThatGarbageGoes(simulation, recorded);
}

/** What removes versions, and what brings them back. */
const removals: readonly ((library: Library, symbol: string) => Promise<unknown>)[] = [
  (library, symbol) => library.delete(symbol),
  (library, symbol) => library.undelete(symbol),
  (library, symbol) => library.prune(symbol, { keepLast: 1 }),
  (library, symbol) => library.prune(symbol, { keepLast: 2 }),
  async (library, symbol) => {
    const { version } = await library.resolve(symbol);
    await library.deleteVersion(symbol, version, { allowLatest: true });
  },
];

function pruner(symbols: readonly string[], rounds: number) {
  return async (actor: Actor): Promise<void> => {
    const library = await openWith(actor);
    if (library === undefined) return;
    for (let round = 0; round < rounds; round += 1) {
      const symbol = symbols[actor.random.nextUint32() % symbols.length] ?? "a";
      const remove = removals[actor.random.nextUint32() % removals.length];
      await tolerate(async () => remove?.(library, symbol), ["version-pinned"]);
    }
  };
}

function snapshotter(recorded: Recorded, rounds: number) {
  return async (actor: Actor): Promise<void> => {
    const library = await openWith(actor);
    if (library === undefined) return;
    for (let round = 0; round < rounds; round += 1) {
      const name = `snapshot ${round}`;
      const made = await tolerate(() => library.snapshot(name));
      if (made === undefined) continue;
      recorded.snapshots.set(name, await readSnapshot(library, name));
      if (actor.random.nextUint32() % 3 > 0) continue;
      recorded.snapshots.delete(name);
      await tolerate(() => library.deleteSnapshot(name));
    }
  };
}

function collector(rounds: number) {
  return async (actor: Actor): Promise<void> => {
    const library = await openWith(actor);
    if (library === undefined) return;
    for (let round = 0; round < rounds; round += 1) {
      await tolerate(() => library.collect({ force: true, waitMs: 1000 }));
      await actor.clock.sleep(actor.random.nextUint32() % 200);
    }
  };
}

/** What a snapshot pins, read whole; without what the store failed to answer. */
async function readSnapshot(
  library: Library,
  name: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const pinned = new Map<string, readonly string[]>();
  for (const symbol of ["a", "b"]) {
    const items = await tolerate(async () =>
      readItems(library, await library.resolve(symbol, { asOf: name })),
    );
    if (items !== undefined) pinned.set(symbol, items);
  }
  return pinned;
}

async function checkSnapshots(library: Library, recorded: Recorded): Promise<void> {
  for (const [name, pinned] of recorded.snapshots) {
    for (const [symbol, items] of pinned) {
      const now = await readItems(library, await library.resolve(symbol, { asOf: name }));
      if (now.join() !== items.join()) throw new Error(`a snapshot changed snapshot=${name}`);
    }
  }
}

/** Much later, when every transaction has outlived its lifetime, a collection leaves only what is needed. */
async function checkThatGarbageGoes(simulation: Simulation, recorded: Recorded): Promise<void> {
  const much = { ...calmLibrary(simulation, yearMs) };
  const library = await openLibrary(much);
  await library.collect({ force: true });
  const again = await library.collect({ force: true, dryRun: true });
  const left = again.deleted;
  const garbage = Object.values(left).reduce((sum, { blobs }) => sum + blobs, 0);
  if (garbage > 0 || again.expired.length > 0) {
    throw new Error(`garbage is left blobs=${garbage} transactions=${again.expired.join()}`);
  }
  await checkSnapshots(library, recorded);
  checkCommits(recorded, await readRemains(much), true);
}
