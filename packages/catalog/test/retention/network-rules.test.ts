import { expect, test } from "vitest";
import {
  planTapering,
  taper,
  type CatalogRequest,
  type RequestId,
  type TaperingCandidate,
} from "../../src/index.ts";
import { lowRequest, minerIds, save, valid } from "../../src/conformance/samples.ts";
import rules from "../fixtures/network-rules.json" with { type: "json" };
import { openMemoryCatalog } from "../rows/open-memory-catalog.ts";

/*
 * What the network's validator decides, as numbers: run on its own queries. The rules that concern labels are in the
 * tests of the Postgres catalog.
 */

function policyOf(rule: (typeof rules.density_tapering)[number]) {
  return {
    timeLengthSeconds: rule.time_length,
    thinAfterSeconds: rule.thin_after_minutes * 60,
    bucketSeconds: rule.thin_bucket_seconds,
  };
}

const alive = { valid: 1, invalid: 0, deleted: 0 };

test.each(rules.density_tapering)("tapering $id", (rule) => {
  const requests = rule.requests.map(({ id, asset, start }): TaperingCandidate => ({
    id: String(id) as RequestId,
    order: id,
    asset,
    startUnixSeconds: start,
    predictions: alive,
  }));
  const thinned = planTapering(requests, policyOf(rule), rule.now);
  expect(thinned.map(Number).sort((a, b) => a - b)).toEqual(rule.expected_thinned_ids);
});

test.each(rules.density_tapering)("tapering $id in a catalog", async (rule) => {
  await using catalog = await openMemoryCatalog();
  const [miner = 0] = await minerIds(catalog, 1);
  const bySavingOrder = rule.requests.toSorted((a, b) => a.id - b.id);
  const ids = new Map<string, number>();
  for (const { id, asset, start } of bySavingOrder) {
    const { requestId } = await save(catalog, lowRequest(asset, start), [valid(miner)]);
    ids.set(requestId, id);
  }
  const options = { label: "low", policy: policyOf(rule), nowMs: rule.now * 1_000 };
  const statuses = await taper(catalog, options);
  const thinned = statuses.map(({ requestId }) => ids.get(requestId) ?? -1);
  expect(thinned.sort((a, b) => a - b)).toEqual(rule.expected_thinned_ids);
});

const day = 86_400;
const due = [
  ...rules.eligibility_by_scored_time,
  ...rules.eligibility_by_wall_clock.map((rule) => ({ ...rule, window_days: 10 })),
];

test.each(due)("due at $scored_time for an end at $window_end_unix: $expected", async (rule) => {
  await using catalog = await openMemoryCatalog();
  const [miner = 0] = await minerIds(catalog, 1);
  await save(catalog, lowRequest("BTC", rule.window_end_unix - day), [valid(miner)]);
  const found: CatalogRequest[] = [];
  const query = {
    label: "low",
    scoredAtUnixSeconds: rule.scored_time,
    windowSeconds: rule.window_days * day,
  };
  for await (const batch of catalog.listScorable(query)) found.push(...batch);
  expect(found).toHaveLength(rule.expected ? 1 : 0);
});
