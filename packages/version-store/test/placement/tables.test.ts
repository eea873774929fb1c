import { toKey } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { expect, test } from "vitest";
import { changeRows, withFamilies } from "../../src/placement/tables.ts";

const row = toKey("row");
const cell = { family: "p", qualifier: "d", timestampMicros: 1000, value: new Uint8Array([1]) };

test("a family that another writer makes at the same time is used", async () => {
  await using store = openMemoryStore();
  const table = store.table("rows");
  let attempts = 0;
  await withFamilies(table, ["p"], async () => {
    attempts += 1;
    try {
      await changeRows(table, [{ key: row, mutations: [{ type: "set-cell", ...cell }] }]);
    } catch (error) {
      await table.setFamily("p", { maxVersions: 3 });
      throw error;
    }
  });
  expect(attempts).toBe(2);
  expect((await table.families()).get("p")).toEqual({ maxVersions: 3 });
});
