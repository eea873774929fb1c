import { expect, test } from "vitest";
import { openMemoryStore } from "@foretile/storage/memory";
import type { CellMutation, RowStore } from "@foretile/storage";
import { createRowCatalog, openRowCatalog } from "../../src/index.ts";
import {
  DAY,
  lowRequest,
  minerIds,
  namesOf,
  NOON,
  save,
  valid,
} from "../../src/conformance/samples.ts";
import { fixedParts } from "./open-memory-catalog.ts";

function removes(mutations: readonly CellMutation[] | undefined): boolean {
  return mutations?.some(({ type }) => type === "delete-row") ?? false;
}

/** Runs something each time between a reader's decision to remove a row and the removal. */
function beforeRemovals(rows: RowStore, run: () => Promise<unknown>): RowStore {
  return {
    ...rows,
    checkAndMutateRow: async (mutation, options) => {
      if (removes(mutation.onMatch)) await run();
      return rows.checkAndMutateRow(mutation, options);
    },
    mutateRows: async (mutations, options) => {
      if (mutations.some((each) => removes(each.mutations))) await run();
      return rows.mutateRows(mutations, options);
    },
  };
}

test("a reader that looked before a request came back cannot take it out of the list", async () => {
  await using store = openMemoryStore();
  const rows = store.table("catalog");
  await using writer = await createRowCatalog({ rows, ...fixedParts() });
  const [miner = 0] = await minerIds(writer, 1);
  const request = lowRequest("BTC", NOON - 2 * DAY);
  const { requestId } = await save(writer, request, [valid(miner)]);
  await writer.softDelete([requestId], { reason: "test", atMs: 1 });

  let removals = 0;
  const slow = beforeRemovals(rows, async () => {
    removals += 1;
    await writer.restore([requestId], { deletedSinceMs: 0 });
  });
  await using reader = await openRowCatalog({ rows: slow, ...fixedParts() });
  const query = { label: "low", scoredAtUnixSeconds: NOON, windowSeconds: 10 * DAY };
  expect(await namesOf(reader.listScorable(query))).toEqual([]);
  expect(removals).toBe(1);
  expect(await namesOf(reader.listScorable(query))).toEqual([`BTC+${-2 * DAY}`]);
});
