import { MAX_KEY_BYTES, toKey, type KeyRange } from "../key.ts";
import type { CellMutation, GarbageRule, RowFilter } from "../row-store.ts";
import { assert, assertEqual, assertListingRejects, assertRejects } from "./assertions.ts";
import { collect } from "./collect.ts";
import type { AddCase } from "./conformance-case.ts";
import { openTable, row, set } from "./row-samples.ts";
import { bytesOf } from "./sample-data.ts";
import { isStorageError } from "../storage-error.ts";

const key = toKey("key");
const wrong = "invalid-argument";
const wrongRanges: readonly KeyRange[] = [
  { gte: "\x00" },
  { lt: "é" },
  { gte: "a\u{1f600}" },
  { lt: "k".repeat(MAX_KEY_BYTES + 2) },
];

export function argumentCases(add: AddCase): void {
  add("byte ranges that are not of non-negative integers reject", async ({ blobs }) => {
    await blobs.putNew(key, bytesOf("bytes"));
    for (const value of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      for (const range of [
        { offset: value, length: 1 },
        { offset: 0, length: value },
      ]) {
        await assertRejects(`range ${show(range)}`, () => blobs.get(key, { range }), wrong);
      }
    }
  });

  add("batch sizes outside the documented bounds reject", async (store) => {
    const table = await openTable(store);
    for (const batchSize of [0, -1, 1.5, Number.NaN, 10_001]) {
      const what = `batchSize ${batchSize}`;
      await assertListingRejects(what, () => store.blobs.list({}, { batchSize }), wrong);
      await assertListingRejects(what, () => store.refs.list({}, { batchSize }), wrong);
      await assertListingRejects(what, () => table.readRows({}, { batchSize }), wrong);
    }
    const batchSize = 1_001;
    await assertListingRejects("refs", () => store.refs.list({}, { batchSize }), wrong);
    await assertListingRejects("rows", () => table.readRows({}, { batchSize }), wrong);
  });

  add("range ends that no key can be near reject", async (store) => {
    const table = await openTable(store);
    for (const range of wrongRanges) {
      const what = `range ${show(range)}`;
      await assertListingRejects(what, () => store.blobs.list(range), wrong);
      await assertListingRejects(what, () => store.refs.list(range), wrong);
      await assertListingRejects(what, () => table.readRows({ ranges: [range] }), wrong);
    }
  });

  add("a change from nothing to nothing rejects", async ({ refs }) => {
    const call = () => refs.compareAndSet(key, undefined, undefined);
    await assertRejects("compareAndSet without states", call, wrong);
  });

  add("a wrong table name throws at once", async (store) => {
    for (const name of ["", "Rows", "a b", "a/b", "x".repeat(33), "é"]) {
      let code: unknown;
      try {
        store.table(name);
      } catch (error) {
        code = isStorageError(error, wrong);
      }
      assertEqual(code, true, `table ${show(name)} throws ${wrong}`);
    }
    await openTable(store, `0-_${"x".repeat(29)}`);
  });

  add("wrong families and rules reject", async (store) => {
    const table = store.table("t");
    for (const family of ["", "a b", "a:b", "é", "x".repeat(33)]) {
      await assertRejects(`family ${show(family)}`, () => table.setFamily(family, {}), wrong);
    }
    const rules: readonly GarbageRule[] = [
      { maxVersions: 0 },
      { maxVersions: 1.5 },
      { maxAgeMs: 0 },
      { maxAgeMs: Number.NaN },
      { maxVersions: 1, maxAgeMs: -1 },
    ];
    for (const rule of rules) {
      await assertRejects(`rule ${show(rule)}`, () => table.setFamily("f", rule), wrong);
    }
    assertEqual((await table.families()).size, 0, "number of families");
  });

  add("wrong limits and filters reject", async (store) => {
    const table = await openTable(store);
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      await assertListingRejects(`limit ${limit}`, () => table.readRows({}, { limit }), wrong);
    }
    const filters: readonly RowFilter[] = [
      { cellsPerColumn: 0 },
      { cellsPerColumn: 1.5 },
      { families: ["a b"] },
      { qualifiers: { gte: "é" } },
      { timestampsMicros: { gte: -1 } },
      { timestampsMicros: { lt: 0.5 } },
    ];
    for (const filter of filters) {
      const read = () => table.readRows({}, { filter });
      await assertListingRejects(`filter ${show(filter)}`, read, wrong);
    }
  });

  add("a wrong mutation rejects the whole call and no row is changed", async (store) => {
    const table = await openTable(store);
    const cell = { type: "set-cell", family: "f", qualifier: "q", value: bytesOf("x") } as const;
    const column = { type: "delete-column", family: "f", qualifier: "q" } as const;
    const mutations: readonly CellMutation[] = [
      ...[1, 999, 1_001, 0.5, -1_000, Number.NaN, 2 ** 53].map((timestampMicros) => ({
        ...cell,
        timestampMicros,
      })),
      { ...cell, timestampMicros: 0, qualifier: "a b" },
      { ...cell, timestampMicros: 0, qualifier: "é" },
      { ...cell, timestampMicros: 0, family: "" },
      { ...column, timestampsMicros: { gte: -1 } },
      { ...column, timestampsMicros: { lt: Number.NaN } },
      { ...column, qualifier: "\n" },
      { type: "delete-family", family: "a b" },
    ];
    for (const mutation of mutations) {
      const good = row("good", set("f:q@1", "x"));
      const mutate = () => table.mutateRows([good, row("bad", mutation), good]);
      await assertRejects(`mutation ${show(mutation)}`, mutate, wrong);
      for (const lists of [{ onMatch: [mutation] }, { onNoMatch: [mutation] }]) {
        const predicate = { family: "f", qualifier: "q" };
        const checkAndMutate = () => table.checkAndMutateRow({ key, predicate, ...lists });
        await assertRejects(`conditional ${show(mutation)}`, checkAndMutate, wrong);
      }
    }
    assertEqual(await collect(table.readRows({})), [], "rows");
  });

  add("a wrong predicate rejects and the row is not changed", async (store) => {
    const table = await openTable(store);
    const { mutations } = row("r", set("f:q@1", "x"));
    for (const [family, qualifier] of [
      ["", "q"],
      ["a b", "q"],
      ["f", "a b"],
      ["f", "é"],
    ] as const) {
      const predicate = { family, qualifier };
      const call = () => table.checkAndMutateRow({ key, predicate, onNoMatch: mutations });
      await assertRejects(`predicate ${show(predicate)}`, call, wrong);
    }
    assertEqual(await collect(table.readRows({})), [], "rows");
  });

  add("rows and conditions without mutations reject", async (store) => {
    const table = await openTable(store);
    const good = row("good", set("f:q@1", "x"));
    await assertRejects("mutateRows", () => table.mutateRows([good, row("bad")]), wrong);
    const predicate = { family: "f", qualifier: "q" };
    for (const lists of [{}, { onMatch: [] }, { onMatch: [], onNoMatch: [] }]) {
      const call = () => table.checkAndMutateRow({ key, predicate, ...lists });
      await assertRejects("checkAndMutateRow", call, wrong);
    }
    assertEqual(await collect(table.readRows({})), [], "rows");
  });

  add("a wrong argument says that repeating is of no use", async ({ blobs }) => {
    const range = { offset: -1, length: 1 };
    try {
      await blobs.get(key, { range });
    } catch (error) {
      assert(isStorageError(error), "a StorageError");
      assertEqual(error.retry, "never", "retry advice");
      return;
    }
    throw new Error("a negative offset rejects");
  });
}

function show(value: unknown): string {
  return JSON.stringify(value);
}
