import { expect, test } from "vitest";
import { createVirtualClock } from "@foretile/testkit";
import { toKey, type Row, type RowStore } from "../../src/index.ts";
import { openMemoryStore } from "../../src/memory/index.ts";

const key = toKey("key");

async function readAll(table: RowStore): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const batch of table.readRows({})) rows.push(...batch);
  return rows;
}

test("a Node Buffer is copied, not aliased", async () => {
  await using store = openMemoryStore();
  const bytes = Buffer.from([1, 2, 3]);
  await store.blobs.putNew(key, bytes);
  bytes[0] = 9;
  expect(await store.blobs.get(key)).toEqual(new Uint8Array([1, 2, 3]));
});

test("nothing happens inside the caller's own step", async () => {
  await using store = openMemoryStore();
  const controller = new AbortController();
  const putting = store.blobs.putNew(key, new Uint8Array(1), { signal: controller.signal });
  controller.abort();
  await expect(putting).rejects.toMatchObject({ code: "aborted" });
  expect(await store.blobs.get(key)).toBeUndefined();
});

test("cells grow old by the injected clock", async () => {
  const clock = createVirtualClock({ startMs: 1_000_000 });
  await using store = openMemoryStore({ clock });
  const table = store.table("t");
  await table.setFamily("f", { maxAgeMs: 500 });
  const set = { type: "set-cell", family: "f", qualifier: "q", value: new Uint8Array(1) } as const;
  await table.mutateRows([{ key, mutations: [{ ...set, timestampMicros: 1_000_000_000 }] }]);

  await clock.advance(500);
  expect(await readAll(table)).toHaveLength(1);
  await clock.advance(1);
  expect(await readAll(table)).toEqual([]);
});
