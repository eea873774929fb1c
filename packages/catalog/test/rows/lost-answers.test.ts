import { expect, test } from "vitest";
import { StorageError, type RowStore } from "@foretile/storage";
import { lowRequest, minerIds, NOON, save, valid } from "../../src/conformance/samples.ts";
import { openMemoryCatalog } from "./open-memory-catalog.ts";

/** A store whose every `nth` compare-and-set happens, and whose answer is lost. */
function losingAnswers(rows: RowStore, nth: number): RowStore {
  let calls = 0;
  return {
    ...rows,
    checkAndMutateRow: async (mutation, options) => {
      const result = await rows.checkAndMutateRow(mutation, options);
      calls += 1;
      if (calls % nth !== 0) return result;
      throw new StorageError("timeout", "answer was lost", { retry: "unknown-outcome" });
    },
  };
}

test.each([1, 2, 3])("what became of a change is read back, each %i. answer lost", async (nth) => {
  // With every answer lost a counter would never know its numbers.
  const every = nth === 1 ? 2 : nth;
  await using catalog = await openMemoryCatalog((rows) => losingAnswers(rows, every));
  const ids = await minerIds(catalog, 4);
  expect(new Set(ids).size).toBe(4);
  for (let index = 0; index < 6; index += 1) {
    const request = lowRequest("BTC", NOON + index);
    const first = await save(catalog, request, [valid(ids[0] ?? 0)]);
    expect(first).toMatchObject({ created: true, written: 1 });
    const deletion = { reason: "test", atMs: 1 };
    const [deleted] = await catalog.softDelete([first.requestId], deletion);
    expect(deleted).toMatchObject({ ok: true, changed: 1 });
    const [restored] = await catalog.restore([first.requestId], { deletedSinceMs: 0 });
    expect(restored).toMatchObject({ ok: true, changed: 1 });
  }
});
