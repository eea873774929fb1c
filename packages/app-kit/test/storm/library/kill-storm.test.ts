import { systemClock } from "@foretile/resilience/system";
import { prefixRange } from "@foretile/storage";
import { createSeededRandom } from "@foretile/testkit";
import { openLibrary, type AreaTotals, type Library } from "@foretile/version-store";
import { expect, test } from "vitest";

import { LibraryChecker } from "./check-library.ts";
import { SEGMENT_VERIFIERS } from "./named-segments.ts";
import { newLibrary } from "./new-library.ts";
import { oneLife } from "./one-life.ts";
import { runWorker, WorkerProcess } from "./run-worker.ts";
import { StormLedger } from "./storm-ledger.ts";
import type { ReaderLine, StormLine } from "./told-lines.ts";

/** Another storm with each: `STORM_SEED=1`. */
const SEED = Number(process.env["STORM_SEED"] ?? 20_171_205);
const WRITERS = ["a", "b", "c", "d"];
const KEEPERS = ["keeper0", "keeper1"];
/** Between two of them nothing runs, and all is checked. */
const CHECKPOINTS = 4;
/** Of each writer and keeper. */
const LIVES_PER_CHECKPOINT = 15;

/** Removed versions go at once, and transactions that died are given up soon. */
const TIMES = {
  transactionLifetimeMs: 2000,
  stageLifetimeMs: 2000,
  graceMs: 0,
  undeleteMs: 300,
};

const TWO_DAYS_MS = 2 * 86_400_000;

test(`whatever is killed, acknowledged versions stay whole, seed ${SEED}`, async () => {
  await using opened = await newLibrary({ times: TIMES });
  const { path, cache, store, library } = opened;
  const ledger = new StormLedger();
  const random = createSeededRandom(SEED);
  await runWorker("writer", { path, writer: "warm", life: "warm.0", times: 0 }, cache);

  async function live(name: string, life: string): Promise<void> {
    const isKeeper = KEEPERS.includes(name);
    const lines = await oneLife<StormLine>(isKeeper ? "keeper" : "writer", {
      options: { path, writer: name, life, writers: WRITERS },
      random: createSeededRandom(random.nextUint32()),
      mostCalls: isKeeper ? 10_000 : 1500,
      mostLines: 10,
      longestDelayMs: isKeeper ? 50 : 10,
      cache,
    });
    for (const line of lines) ledger.hear(line);
  }

  const checker = new LibraryChecker(library, ledger);
  for (let checkpoint = 0; checkpoint < CHECKPOINTS; checkpoint += 1) {
    const seed = random.nextUint32();
    await using reader = new WorkerProcess<ReaderLine>("reader", { path, seed }, cache);
    const first = checkpoint * LIVES_PER_CHECKPOINT;
    const written = new AbortController();
    const writers = WRITERS.map(async (name) => {
      for (let life = first; life < first + LIVES_PER_CHECKPOINT; life += 1) {
        await live(name, `${name}.${life}`);
        reader.letGo();
      }
    });
    const keepers = KEEPERS.map(async (name) => {
      for (let life = 0; !written.signal.aborted; life += 1)
        await live(name, `${name}.${checkpoint}-${life}`);
    });
    await Promise.all(writers);
    written.abort();
    await Promise.all(keepers);
    reader.kill();
    expect(await reader.ended).toMatchObject({ signal: "SIGKILL", errors: "" });
    expect(reader.lines.filter(({ did }) => did === "found")).toEqual([]);
    expect(reader.lines.length).toBeGreaterThan(1);
    expect(await checker.problems()).toEqual([]);
  }

  expect(ledger.count("committed")).toBeGreaterThan(
    WRITERS.length * CHECKPOINTS * LIVES_PER_CHECKPOINT,
  );
  expect(ledger.count("collected")).toBeGreaterThan(CHECKPOINTS);

  // Two days later everybody who died is given up, also while probing the store, and every deletion is final.
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + TWO_DAYS_MS };
  const later = await openLibrary({ store, clock });
  expect(await later.collect({ force: true })).toMatchObject({ deferredBy: [], foreign: 0 });
  expect(sumOf((await later.collect()).deleted)).toBe(0);
  const { healthy, counts } = await later.fsck({ level: 2, verifiers: SEGMENT_VERIFIERS });
  expect({ healthy, counts }).toEqual({ healthy: true, counts: { error: 0, warning: 0, note: 0 } });
  expect(await new LibraryChecker(later, ledger).problems()).toEqual([]);

  const symbols = await removeEverything(later);
  await later.collect({ force: true });
  const left: string[] = [];
  for await (const batch of store.blobs.list({})) left.push(...batch.map(({ key }) => key));
  // Each symbol's version that says that it is deleted.
  expect(left.filter((key) => key.startsWith("v/"))).toHaveLength(symbols.length);
  expect(left).toHaveLength(symbols.length);
  for await (const batch of store.refs.list(prefixRange("i/"))) expect(batch).toEqual([]);
});

function sumOf(totals: AreaTotals): number {
  return Object.values(totals).reduce((sum, { blobs }) => sum + blobs, 0);
}

/** @returns the symbols there were */
async function removeEverything(library: Library): Promise<string[]> {
  for await (const batch of library.listSnapshots()) {
    for (const { name } of batch) if (name !== undefined) await library.deleteSnapshot(name);
  }
  const symbols: string[] = [];
  for await (const batch of library.listSymbols({ includeDeleted: true })) {
    symbols.push(...batch.flatMap(({ symbol }) => symbol ?? []));
  }
  for (const symbol of symbols) {
    // One that only says it is deleted may still have versions before that.
    await library.write(symbol, null);
    await library.delete(symbol, { hard: true });
  }
  return symbols;
}
