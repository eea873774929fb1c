import type { Actor, Simulation } from "@foretile/simulation";
import {
  createLibrary,
  frame,
  isVersionStoreError,
  openLibrary,
  type Frame,
  type Library,
  type StoreResult,
} from "../../src/index.ts";
import { calmLibrary } from "./calm-library.ts";
import { tolerate } from "./tolerate.ts";
import { openWith } from "./writer.ts";

const hourMs = 3_600_000;
const yearMs = 365 * 24 * hourMs;

/** Grows at its end only. */
const log = "log";
/** Has one row for each place; each updater has places of its own. */
const board = "board";
const placesEach = 8;

/** Segments hold a few rows, so that changes meet at their borders, and small ones are put together. */
const composition = { custom: { targetBytes: 64, codecs: [] }, unsafe: true } as const;

/** What became of changes of one frame. An item is the text in a row. */
class Changes {
  readonly acknowledged = new Set<string>();
  /** Those of which nobody was told whether they happened: also of whoever crashed. */
  readonly unknown = new Set<string>();
  /** What may stand at each place of the board. */
  readonly places = new Map<number, Set<string>>();

  /** Rows of one change, which is there as a whole or not at all. */
  async make(
    actor: Actor,
    items: readonly string[],
    change: () => Promise<StoreResult>,
  ): Promise<"done" | "failed" | "unknown"> {
    for (const item of items) this.unknown.add(item);
    let outcome: "done" | "failed" | "unknown" = "failed";
    await tolerate(async () => {
      try {
        await change();
        outcome = "done";
      } catch (error) {
        if (isVersionStoreError(error, "commit-outcome-unknown")) outcome = "unknown";
        throw error;
      }
    });
    actor.note(`${outcome} ${items.join()}`);
    if (outcome === "unknown") return outcome;
    for (const item of items) {
      this.unknown.delete(item);
      if (outcome === "done") this.acknowledged.add(item);
    }
    return outcome;
  }
}

/**
 * Frames under appends, staged rows, updates of neighbouring rows and restored versions, while old versions are pruned
 * and collected at once, and clocks jump. Whatever was acknowledged is in the newest version once.
 */
export async function frameHistory(simulation: Simulation): Promise<void> {
  const times = {
    transactionLifetimeMs: hourMs,
    stageLifetimeMs: hourMs,
    graceMs: 0,
    undeleteMs: 0,
  };
  const library = await createLibrary({ ...calmLibrary(simulation), times, composition });
  const changes = new Changes();
  changes.acknowledged.add("start");
  await library.write(log, rows(0, ["start"]));
  const first = Array.from({ length: 3 * placesEach }, (_, place) => `first.${place}`);
  await library.write(board, rows(0, first));
  first.forEach((item, place) => changes.places.set(place, new Set([item])));
  const clockJumps = { probability: 0.02, maxMs: 3 * hourMs };
  await simulation.run([
    [simulation.actor("ann"), appender(changes, 6)],
    [simulation.actor("bob", { clockJumps }), appender(changes, 6)],
    [simulation.actor("sue", { clockJumps }), stager(changes, 4)],
    [simulation.actor("uma"), updater(changes, 0, 6)],
    [simulation.actor("una"), updater(changes, 1, 6)],
    [simulation.actor("ulf", { clockJumps }), updater(changes, 2, 6)],
    [simulation.actor("col", { clockJumps }), collector(6)],
  ]);
  await checkFrames(await openLibrary(calmLibrary(simulation)), changes);
  const late = await openLibrary(calmLibrary(simulation, yearMs));
  await late.collect({ force: true });
  await checkFrames(late, changes);
  const { counts } = await late.fsck({ level: 2 });
  if (counts.error > 0) throw new Error(`the library is damaged errors=${counts.error}`);
}

function rows(from: number, items: readonly string[]): Frame {
  return frame({
    index: { name: "n", values: Int32Array.from(items, (_, row) => from + row) },
    columns: { item: items },
  });
}

function appender(changes: Changes, rounds: number) {
  return async (actor: Actor): Promise<void> => {
    const library = await openWith(actor);
    for (let round = 0; library !== undefined && round < rounds; round += 2) {
      await Promise.all([round, round + 1].map((turn) => append(library, turn)));
    }

    async function append(into: Library, turn: number): Promise<void> {
      const items = itemsOf(`${actor.name}.${turn}`, 1 + (actor.random.nextUint32() % 4));
      await changes.make(actor, items, () =>
        into.append(log, rows(0, items), { validateIndex: false }),
      );
    }
  };
}

/** Stages rows in two parts, and sometimes forgets to finalize them. */
function stager(changes: Changes, rounds: number) {
  return async (actor: Actor): Promise<void> => {
    const library = await openWith(actor);
    for (let round = 0; library !== undefined && round < rounds; round += 1) {
      const items = itemsOf(`${actor.name}.${round}`, 6);
      const tokens = await tolerate(() =>
        Promise.all([
          library.stage(log, rows(0, items.slice(0, 3))),
          library.stage(log, rows(3, items.slice(3))),
        ]),
      );
      if (tokens === undefined || actor.random.nextUint32() % 4 === 0) continue;
      const finalize = (): Promise<StoreResult> =>
        library.finalize(log, tokens, { mode: "append", validateIndex: false });
      const outcome = await changes.make(actor, items, finalize);
      // What was used once cannot be used again, and what failed may be tried again.
      if (outcome !== "unknown") {
        const again = itemsOf(`again.${actor.name}.${round}`, 1);
        const second = await changes.make(actor, outcome === "done" ? again : items, finalize);
        if (outcome === "done" && second === "done") throw new Error("a token was used twice");
      }
    }
  };
}

/** Replaces rows of its own places, next to those of others. */
function updater(changes: Changes, which: number, rounds: number) {
  return async (actor: Actor): Promise<void> => {
    const library = await openWith(actor);
    for (let round = 0; library !== undefined && round < rounds; round += 1) {
      const first = actor.random.nextUint32() % placesEach;
      const length = 1 + (actor.random.nextUint32() % (placesEach - first));
      const items = itemsOf(`${actor.name}.${round}`, length);
      const from = which * placesEach + first;
      for (const [row, item] of items.entries()) changes.places.get(from + row)?.add(item);
      const outcome = await changes.make(actor, items, () =>
        library.update(board, rows(from, items)),
      );
      for (const [row, item] of items.entries()) {
        if (outcome === "done") changes.places.set(from + row, new Set([item]));
        if (outcome === "failed") changes.places.get(from + row)?.delete(item);
      }
    }
  };
}

function collector(rounds: number) {
  return async (actor: Actor): Promise<void> => {
    const library = await openWith(actor);
    for (let round = 0; library !== undefined && round < rounds; round += 1) {
      for (const symbol of [log, board]) {
        await tolerate(() => library.prune(symbol, { keepLast: 1 }));
      }
      await tolerate(() => library.collect({ force: true, waitMs: 1000 }));
      await actor.clock.sleep(actor.random.nextUint32() % 100);
    }
  };
}

function itemsOf(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, row) => `${name}.${row}`);
}

async function checkFrames(library: Library, changes: Changes): Promise<void> {
  const logged = await newestItems(library, log);
  const seen = new Set(logged);
  if (seen.size < logged.length) throw new Error(`rows are there twice rows=${logged.join()}`);
  for (const item of changes.acknowledged) {
    if (item.startsWith("u") || seen.has(item)) continue;
    throw new Error(`acknowledged rows are lost item=${item} rows=${logged.join()}`);
  }
  for (const item of logged) {
    if (changes.acknowledged.has(item) || changes.unknown.has(item)) continue;
    throw new Error(`rows of a failed change are there item=${item}`);
  }
  const placed = await newestItems(library, board);
  for (const [place, item] of placed.entries()) {
    const possible = changes.places.get(place);
    if (possible?.has(item) === true) continue;
    throw new Error(`a place has what nobody left there place=${place} item=${item}`);
  }
  if (placed.length !== changes.places.size)
    throw new Error(`places are lost rows=${placed.length}`);
}

async function newestItems(library: Library, symbol: string): Promise<readonly string[]> {
  const { value } = await library.read<Frame>(symbol);
  return value.column("item").values as readonly string[];
}
