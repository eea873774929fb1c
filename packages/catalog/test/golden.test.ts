import { expect, test } from "vitest";
import { toKey, type RowMutation } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { openRowCatalog, createRowCatalog, isCatalogError } from "../src/index.ts";
import { collect } from "../src/conformance/assertions.ts";
import { NOON } from "../src/conformance/samples.ts";
import golden from "./golden/catalog-rows-v1.json" with { type: "json" };
import { cellsOf, sampleRows } from "./golden/golden-rows.ts";
import { fixedParts } from "./rows/open-memory-catalog.ts";

/*
 * `golden/catalog-rows-v1.json` holds the cells of a catalog of format 1, made once. Every later release reads them.
 * Never make it anew: a change that cannot read it is a new format.
 */

async function goldenTable(change: (value: Uint8Array, column: string) => void = () => {}) {
  const rows = openMemoryStore().table("catalog");
  await createRowCatalog({ rows, ...fixedParts() });
  const byKey = Map.groupBy(golden, ({ key }) => key);
  const mutations = Array.from(byKey, ([key, cells]): RowMutation => {
    const sets = cells.map(({ column, timestampMicros, value }) => {
      const [family = "", qualifier = ""] = column.split(":");
      const bytes = new Uint8Array(Buffer.from(value, "base64"));
      change(bytes, column);
      return { type: "set-cell", family, qualifier, timestampMicros, value: bytes } as const;
    });
    return { key: toKey(key), mutations: [{ type: "delete-row" }, ...sets] };
  });
  await rows.mutateRows(mutations);
  return rows;
}

test("the same catalog is the same bytes", async () => {
  expect(await cellsOf(await sampleRows())).toEqual(golden);
});

test("a catalog of format 1 is read in full", async () => {
  await using catalog = await openRowCatalog({ rows: await goldenTable(), ...fixedParts() });
  expect(await catalog.currentMiners()).toEqual([
    { id: 1, uid: 12, coldkey: "cold/1", hotkey: "hot#1" },
    { id: 2, uid: 240, coldkey: "cold2", hotkey: "hot2" },
  ]);
  const [low] = await collect(catalog.listRequests({ label: "low" }));
  expect(low).toMatchObject({
    asset: "BTC",
    startUnixSeconds: NOON,
    requestedUnixSeconds: NOON - 110,
    version: 2,
    savedAtMs: NOON * 1_000,
    predictions: { valid: 1, invalid: 1, deleted: 0 },
    scored: true,
  });
  const [high] = await collect(catalog.listRequests({ label: "high" }));
  expect(high).toMatchObject({
    asset: "A#/~_B",
    predictions: { valid: 0, invalid: 0, deleted: 1 },
  });
  const [scores] = await collect(catalog.listScores({ label: "low" }));
  expect(
    scores?.scores.map((score) => [score.minerId, score.promptScore, score.totalCrps]),
  ).toEqual([
    [1, 0.5, 100.5],
    [2, 90, undefined],
  ]);
  const prices = low && (await catalog.readRealizedPrices(low.id));
  expect([...(prices ?? [])]).toEqual([104_856.23, Number.NaN, 104_857]);
  expect(await collect(catalog.listRewards({ label: "low" }))).toHaveLength(1);
  const rows = high && (await catalog.readPredictions(high.id));
  expect(rows?.[0]?.deleted).toEqual({ atMs: NOON * 1_000, reason: "thinned" });
});

test.each(["request:summary", "predictions:all", "scores:000000000000001", "prices:realized"])(
  "a damaged bit in %s is found",
  async (damaged) => {
    const rows = await goldenTable((value, column) => {
      const middle = Math.floor(value.length / 2);
      if (column === damaged) value[middle] = (value[middle] ?? 0) ^ 1;
    });
    await using catalog = await openRowCatalog({ rows, ...fixedParts() });
    const id = (await catalog.findRequest({ label: "x", asset: "y", startUnixSeconds: 1 }))?.id;
    expect(id).toBeUndefined();
    const all = async (): Promise<void> => {
      for (const { id: own } of await collect(catalog.listRequests({ label: "low" }))) {
        await catalog.readPredictions(own);
        await catalog.readScores(own);
        await catalog.readRealizedPrices(own);
      }
    };
    await expect(all()).rejects.toSatisfy((error) => isCatalogError(error, "damaged"));
  },
);

test("a table without a catalog says how to make one", async () => {
  const rows = openMemoryStore().table("catalog");
  await expect(openRowCatalog({ rows, ...fixedParts() })).rejects.toThrow(/createRowCatalog/);
  await expect(openRowCatalog({ rows, ...fixedParts() })).rejects.toSatisfy((error) =>
    isCatalogError(error, "not-a-catalog"),
  );
});

test("a catalog is opened again with what it holds, also by createRowCatalog", async () => {
  const rows = await goldenTable();
  await using catalog = await createRowCatalog({ rows, ...fixedParts() });
  expect(await catalog.currentMiners()).toHaveLength(2);
});
