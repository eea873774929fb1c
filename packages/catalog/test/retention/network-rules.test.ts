import { expect, test } from "vitest";
import { planTapering, type RequestId, type TaperingCandidate } from "../../src/index.ts";
import {
  DUE_RULES,
  isDueBy,
  policyOf,
  TAPERING_RULES,
  thinnedBy,
} from "../helpers/network-rules.ts";
import { openMemoryCatalog } from "../rows/open-memory-catalog.ts";

const predictions = { valid: 1, invalid: 0, deleted: 0 };

test.each(TAPERING_RULES)("tapering $id", (rule) => {
  const requests = rule.requests.map(({ id, asset, start }): TaperingCandidate => ({
    id: String(id) as RequestId,
    order: id,
    asset,
    startUnixSeconds: start,
    predictions,
  }));
  const thinned = planTapering(requests, policyOf(rule), rule.now);
  expect(thinned.map(Number).sort((a, b) => a - b)).toEqual(rule.expected_thinned_ids);
});

test.each(TAPERING_RULES)("tapering $id in a catalog", async (rule) => {
  await using catalog = await openMemoryCatalog();
  expect(await thinnedBy(catalog, rule)).toEqual(rule.expected_thinned_ids);
});

test.each(DUE_RULES)("due at $scored_time for an end at $window_end_unix", async (rule) => {
  await using catalog = await openMemoryCatalog();
  expect(await isDueBy(catalog, rule)).toBe(rule.expected);
});
