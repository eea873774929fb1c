import { expect, test } from "vitest";
import { checkHistories } from "../helpers/catalog-histories.ts";
import { openMemoryCatalog } from "./open-memory-catalog.ts";

test("histories of saves, scores, deletions and claims end as in a plain model", async () => {
  const histories = await checkHistories(() => openMemoryCatalog(), { numRuns: 150 });
  expect(histories).toBe(150);
}, 60_000);
