import { toKey } from "../key.ts";
import type { RowStore } from "../row-store.ts";
import { assert, assertBytes, assertEqual, assertRejects } from "./assertions.ts";
import { collect } from "./collect.ts";
import type { AddCase } from "./conformance-case.ts";
import { openTable, row, set, showRow, write } from "./row-samples.ts";
import { numberedKeys } from "./sample-data.ts";

/** A larger declared limit is believed: trying it would cost more than it tells. */
const MAX_TRIED_BYTES = 16 * 2 ** 20;
const MAX_TRIED_ROWS = 10_000;

const key = toKey("key");

export function limitCases(add: AddCase): void {
  add("limits are positive integers and stay as they are", async (store) => {
    const table = await openTable(store);
    const told = () => [
      store.blobs.capabilities.maxBlobBytes,
      store.refs.capabilities.maxValueBytes,
      table.capabilities.maxCellBytes,
      table.capabilities.maxQualifierBytes,
      table.capabilities.maxRowsPerMutation,
    ];
    const before = told();
    for (const limit of before) assert(Number.isSafeInteger(limit) && limit > 0, `limit ${limit}`);
    await write(table, row("r", set("f:q@1", "x")));
    assertEqual(told(), before, "limits after use");
  });

  add("a blob at the limit is stored, one byte more is too large", async ({ blobs }) => {
    const limit = blobs.capabilities.maxBlobBytes;
    if (limit > MAX_TRIED_BYTES) return;
    const bytes = new Uint8Array(limit + 1).fill(7);
    await assertRejects("a byte more", () => blobs.putNew(key, bytes), "too-large");
    assertEqual(await blobs.get(key), undefined, "nothing is stored");
    await blobs.putNew(key, bytes.subarray(0, limit));
    assertBytes(await blobs.get(key), bytes.subarray(0, limit), "get");
  });

  add("a record at the limit is stored, one byte more is too large", async ({ refs }) => {
    const limit = refs.capabilities.maxValueBytes;
    if (limit > MAX_TRIED_BYTES) return;
    const bytes = new Uint8Array(limit + 1).fill(7);
    const tooLarge = () => refs.compareAndSet(key, undefined, bytes);
    await assertRejects("a byte more", tooLarge, "too-large");
    assertEqual(await refs.read(key), undefined, "nothing is stored");
    const result = await refs.compareAndSet(key, undefined, bytes.subarray(0, limit));
    assert(result.swapped, "create at the limit swaps");
    assertBytes((await refs.read(key))?.value, bytes.subarray(0, limit), "read");
  });

  add("a cell at the limit is stored, one byte more is too large", async (store) => {
    const table = await openTable(store);
    const limit = table.capabilities.maxCellBytes;
    if (limit > MAX_TRIED_BYTES) return;
    const bytes = new Uint8Array(limit + 1).fill(7);
    const cell = { type: "set-cell", family: "f", qualifier: "q", timestampMicros: 0 } as const;
    await assertTooLarge(table, { ...cell, value: bytes });
    await write(table, row("r", { ...cell, value: bytes.subarray(0, limit) }));
    const [there] = await collect(table.readRows({}));
    assertBytes(there?.cells[0]?.value, bytes.subarray(0, limit), "the cell");
  });

  add("a qualifier at the limit is stored, one byte more is too large", async (store) => {
    const table = await openTable(store);
    const qualifier = "q".repeat(table.capabilities.maxQualifierBytes);
    await assertTooLarge(table, set(`f:${qualifier}q@1`, "x"));
    const longest = toKey("k".repeat(400));
    await write(table, row(longest, set(`f:${qualifier}@1`, "x")));
    assertEqual(await showRow(table, longest), `${longest} f:${qualifier}@1=x`, "row");
  });

  add("as many rows as allowed are written at once, one more is too many", async (store) => {
    const table = await openTable(store);
    const limit = table.capabilities.maxRowsPerMutation;
    if (limit > MAX_TRIED_ROWS) return;
    const rows = numberedKeys("k", limit + 1).map((name) => row(name, set("f:q@1", "x")));
    await assertRejects("a row more", () => table.mutateRows(rows), "too-large");
    assertEqual(await collect(table.readRows({}, { limit: 1 })), [], "nothing is stored");
    await write(table, ...rows.slice(0, limit));
    assertEqual((await collect(table.readRows({}))).length, limit, "number of rows");
  });
}

async function assertTooLarge(table: RowStore, mutation: Parameters<typeof row>[1]): Promise<void> {
  const good = row("good", set("f:q@1", "x"));
  const mutate = () => table.mutateRows([good, row("bad", mutation)]);
  await assertRejects("mutateRows with a byte more", mutate, "too-large");
  const predicate = { family: "f", qualifier: "q" };
  const conditional = () => table.checkAndMutateRow({ key, predicate, onNoMatch: [mutation] });
  await assertRejects("checkAndMutateRow with a byte more", conditional, "too-large");
  assertEqual(await collect(table.readRows({})), [], "nothing is stored");
}
