import type { TileMode } from "@foretile/codecs";
import { toKey, type Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { createLibrary, type PlacementName } from "@foretile/version-store";
import { describe, expect, test } from "vitest";
import {
  createSegmentVerifiers,
  openPredictionStore,
  requestKey,
  SEGMENT_CELLS,
  stepCount,
  type PredictionStore,
} from "../../src/index.ts";
import { bitsOf, invalidAnswer, readAll, request, validAnswer, walk } from "./open-test-store.ts";

const key = requestKey(request);

async function publishedWith(placement: PlacementName, mode: TileMode) {
  const store = openMemoryStore();
  const library = await createLibrary({
    store,
    clock: createInstantClock({ startMs: 1_512_561_600_000 }),
    random: createSeededRandom(1),
    composition: { placement },
  });
  const predictions = await openPredictionStore({ library, mode });
  const answers = [validAnswer(7), validAnswer(2), invalidAnswer(3), validAnswer(4)];
  const { versionHash } = await predictions.publish(request, answers);
  return { store, library, predictions, versionHash };
}

async function qualifiersOf(store: Store): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const rows of store.table("test").readRows({})) {
    for (const row of rows) {
      found.push(`${row.key} ${row.cells.map((c) => `${c.family}:${c.qualifier}`).join(" ")}`);
    }
  }
  return found;
}

async function slices(predictions: PredictionStore) {
  const read = await predictions.read(key);
  const found = new Map<number, Uint32Array>();
  for await (const { answer, values } of read.slice({ from: 31, to: 66 })) {
    if (values !== undefined) found.set(answer.minerId, bitsOf(values));
  }
  return found;
}

describe("a request in cells", () => {
  test("of raw tiles is, byte for byte, what the network's own reader expects", async () => {
    const { store } = await publishedWith("cells", "raw");
    expect(await qualifiersOf(store)).toEqual([
      "BTC#1512475200#000002 p:d",
      "BTC#1512475200#000004 p:d",
      "BTC#1512475200#000007 p:d",
    ]);
    const steps = stepCount(request);
    const tile = walk(4);
    for await (const [row] of store
      .table("test")
      .readRows({ keys: [toKey("BTC#1512475200#000004")] })) {
      const [cell] = row?.cells ?? [];
      const view = new DataView((cell?.value ?? new Uint8Array()).slice().buffer);
      expect(view.byteLength).toBe(4 * steps * request.simulations);
      for (let simulation = 0; simulation < request.simulations; simulation += 1) {
        for (let step = 0; step < steps; step += 1) {
          const found = view.getFloat32(4 * (simulation * steps + step), true);
          expect(found).toBe(tile[step * request.simulations + simulation]);
        }
      }
    }
  });

  test("of packed tiles has a qualifier for each panel", async () => {
    const { store } = await publishedWith("cells", "pack");
    expect((await qualifiersOf(store))[0]).toBe("BTC#1512475200#000002 p:f0000 p:f0001 p:f0002");
  });

  test("is sound by every check, and damage is told", async () => {
    for (const mode of ["raw", "pack"] as const) {
      const { store, library, predictions } = await publishedWith("cells", mode);
      const verifiers = await createSegmentVerifiers();
      expect(await library.fsck({ level: 2, verifiers })).toMatchObject({ healthy: true });
      const events: string[] = [];
      for await (const { type } of predictions.verify()) events.push(type);
      expect(events).not.toContain("damaged");

      const row = toKey("BTC#1512475200#000004");
      const table = store.table("test");
      for await (const [found] of table.readRows({ keys: [row] })) {
        const [cell] = found?.cells ?? [];
        if (cell === undefined) throw new Error("the row has cells");
        const value = cell.value.slice();
        value[40] = (value[40] ?? 0) ^ 1;
        await table.mutateRows([{ key: row, mutations: [{ type: "set-cell", ...cell, value }] }]);
      }
      expect((await library.fsck({ level: 2, verifiers })).healthy).toBe(false);
      const read = await predictions.read(key);
      await expect(read.readTile(4)).rejects.toMatchObject({ code: "damaged" });
      expect(bitsOf(await read.readTile(2))).toEqual(bitsOf(walk(2)));
    }
  });

  test("that the table's rule took in part says so", async () => {
    const { store, predictions } = await publishedWith("cells", "raw");
    await predictions.publish(request, [validAnswer(2, 99)]);
    await store.table("test").setFamily("p", { maxVersions: 1 });
    const old = await predictions.read(key, { asOf: 1 });
    await expect(old.readTile(2)).rejects.toMatchObject({ code: "tile-expired" });
    expect(bitsOf(await old.readTile(4))).toEqual(bitsOf(walk(4)));
  });
});

describe("the same request", () => {
  test("is the same version in every placement and mode, and reads back bit for bit", async () => {
    const made = await Promise.all(
      (["segments", "packs", "cells"] as const).flatMap((placement) =>
        (["raw", "pack", "lz4"] as const).map((mode) => publishedWith(placement, mode)),
      ),
    );
    expect(new Set(made.map(({ versionHash }) => versionHash)).size).toBe(1);
    const wanted = new Map([2, 4, 7].map((id) => [id, bitsOf(walk(id))]));
    const [first] = made;
    for (const { predictions } of made) {
      expect(await readAll(await predictions.read(key))).toEqual(wanted);
      expect(await slices(predictions)).toEqual(first && (await slices(first.predictions)));
    }
  });
});

describe("a copy into cells", () => {
  test.each([
    ["cells", "raw"],
    ["cells", "pack"],
    ["segments", "pack"],
    ["packs", "pack"],
  ] as const)("of %s in mode %s is where publishing there would put it", async (from, mode) => {
    const source = await publishedWith(from, mode);
    const there = await publishedWith("cells", mode);
    const store = openMemoryStore();
    const library = await createLibrary({
      store,
      clock: createInstantClock({ startMs: 1_512_561_600_000 }),
      random: createSeededRandom(2),
      composition: { placement: "cells" },
    });
    const verifiers = await createSegmentVerifiers();
    const copy = { verifiers, cells: SEGMENT_CELLS, verify: true };
    const { problems } = await library.copyFrom(source.library, copy);
    expect(problems).toEqual([]);
    expect(await qualifiersOf(store)).toEqual(await qualifiersOf(there.store));
    const predictions = await openPredictionStore({ library });
    expect(await slices(predictions)).toEqual(await slices(source.predictions));
  });
});
