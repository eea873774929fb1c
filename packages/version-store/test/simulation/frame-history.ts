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

type Outcome = "done" | "failed" | "unknown";

/** What became of appended items. An item is the text in a row. */
interface Logged {
  readonly acknowledged: Set<string>;
  /** Those of which nobody was told whether they were appended: also of whoever crashed. */
  readonly unknown: Set<string>;
}

/** The items that may stand at each place of the board. */
type Places = ReadonlyMap<number, Set<string>>;

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
  const logged: Logged = { acknowledged: new Set(["start"]), unknown: new Set() };
  await library.write(log, rows(0, ["start"]));
  const first = Array.from({ length: 3 * placesEach }, (_, place) => `first.${place}`);
  await library.write(board, rows(0, first));
  const places: Places = new Map(first.map((item, place) => [place, new Set([item])]));
  const clockJumps = { probability: 0.02, maxMs: 3 * hourMs };
  await simulation.run([
    [simulation.actor("ann"), appender(logged, 6)],
    [simulation.actor("bob", { clockJumps }), appender(logged, 6)],
    [simulation.actor("sue", { clockJumps }), stager(logged, 4)],
    [simulation.actor("uma"), updater(places, 0, 6)],
    [simulation.actor("una"), updater(places, 1, 6)],
    [simulation.actor("ulf", { clockJumps }), updater(places, 2, 6)],
    [simulation.actor("col", { clockJumps }), collector(6)],
  ]);
  await checkFrames(await openLibrary(calmLibrary(simulation)), logged, places);
  const late = await openLibrary(calmLibrary(simulation, yearMs));
  await late.collect({ force: true });
  await checkFrames(late, logged, places);
  const { counts } = await late.fsck({ level: 2 });
  if (counts.error > 0) throw new Error(`the library is damaged errors=${counts.error}`);
}

function rows(from: number, items: readonly string[]): Frame {
  return frame({
    index: { name: "n", values: Int32Array.from(items, (_, row) => from + row) },
    columns: { item: items },
  });
}

function appender(logged: Logged, rounds: number) {
  return async (actor: Actor): Promise<void> => {
    const library = await openWith(actor);
    if (library === undefined) return;
    for (let round = 0; round < rounds; round += 2) {
      await Promise.all(
        [round, round + 1].map(async (turn) => {
          const items = itemsOf(`${actor.name}.${turn}`, 1 + (actor.random.nextUint32() % 4));
          const append = () => library.append(log, rows(0, items), { validateIndex: false });
          await addToLog(actor, logged, items, append);
        }),
      );
    }
  };
}

/** Stages rows in two parts, and sometimes forgets to finalize them. */
function stager(logged: Logged, rounds: number) {
  return async (actor: Actor): Promise<void> => {
    const library = await openWith(actor);
    if (library === undefined) return;
    for (let round = 0; round < rounds; round += 1) {
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
      const outcome = await addToLog(actor, logged, items, finalize);
      if (outcome === "failed") {
        await addToLog(actor, logged, items, finalize);
      } else if (outcome === "done" && (await outcomeOf(finalize)) === "done") {
        throw new Error(`tokens were used twice items=${items.join()}`);
      }
    }
  };
}

/** Replaces rows of its own places, next to those of others. */
function updater(places: Places, which: number, rounds: number) {
  return async (actor: Actor): Promise<void> => {
    const library = await openWith(actor);
    if (library === undefined) return;
    for (let round = 0; round < rounds; round += 1) {
      const first = actor.random.nextUint32() % placesEach;
      const length = 1 + (actor.random.nextUint32() % (placesEach - first));
      const items = itemsOf(`${actor.name}.${round}`, length);
      const from = which * placesEach + first;
      const own = items.map((item, row) => ({ item, possible: places.get(from + row) }));
      for (const { item, possible } of own) possible?.add(item);
      const outcome = await outcomeOf(() => library.update(board, rows(from, items)));
      actor.note(`${outcome} ${items.join()}`);
      for (const { item, possible } of own) {
        if (outcome === "done") possible?.clear();
        if (outcome === "done") possible?.add(item);
        if (outcome === "failed") possible?.delete(item);
      }
    }
  };
}

function collector(rounds: number) {
  return async (actor: Actor): Promise<void> => {
    const library = await openWith(actor);
    if (library === undefined) return;
    for (let round = 0; round < rounds; round += 1) {
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

/** Items of one change, which are all there in the end, or none. */
async function addToLog(
  actor: Actor,
  { acknowledged, unknown }: Logged,
  items: readonly string[],
  change: () => Promise<StoreResult>,
): Promise<Outcome> {
  for (const item of items) unknown.add(item);
  const outcome = await outcomeOf(change);
  actor.note(`${outcome} ${items.join()}`);
  for (const item of items) {
    if (outcome !== "unknown") unknown.delete(item);
    if (outcome === "done") acknowledged.add(item);
  }
  return outcome;
}

async function outcomeOf(change: () => Promise<StoreResult>): Promise<Outcome> {
  const outcome = await tolerate(async (): Promise<Outcome> => {
    try {
      await change();
      return "done";
    } catch (error) {
      if (isVersionStoreError(error, "commit-outcome-unknown")) return "unknown";
      throw error;
    }
  });
  return outcome ?? "failed";
}

async function checkFrames(
  library: Library,
  { acknowledged, unknown }: Logged,
  places: Places,
): Promise<void> {
  const found = await newestItems(library, log);
  const seen = new Set(found);
  if (seen.size < found.length) throw new Error(`rows are there twice rows=${found.join()}`);
  const lost = [...acknowledged].find((item) => !seen.has(item));
  if (lost !== undefined) {
    throw new Error(`acknowledged rows are lost item=${lost} rows=${found.join()}`);
  }
  const failed = found.find((item) => !acknowledged.has(item) && !unknown.has(item));
  if (failed !== undefined) throw new Error(`rows of a failed change are there item=${failed}`);
  const placed = await newestItems(library, board);
  if (placed.length !== places.size) throw new Error(`places are lost rows=${placed.length}`);
  for (const [place, item] of placed.entries()) {
    if (places.get(place)?.has(item) === true) continue;
    throw new Error(`a place has what nobody left there place=${place} item=${item}`);
  }
}

async function newestItems(library: Library, symbol: string): Promise<readonly string[]> {
  const { value } = await library.read<Frame>(symbol);
  return value.column("item").values as readonly string[];
}
