import type { Catalog } from "../../src/index.ts";
import { taper } from "../../src/index.ts";
import { lowRequest, minerIds, namesOf, save, valid } from "../../src/conformance/samples.ts";
import rules from "../fixtures/network-rules.json" with { type: "json" };

/*
 * What the network's validator decides, as numbers: run on its own queries. The rules that concern labels are in the
 * tests of the Postgres catalog.
 */

export type TaperingRule = (typeof rules.density_tapering)[number];
export const TAPERING_RULES: readonly TaperingRule[] = rules.density_tapering;

/** When a request is due; for rounds that are told by the wall clock, the round's minute is told too. */
export const DUE_RULES: readonly {
  readonly window_end_unix: number;
  readonly scored_time: number;
  readonly window_days: number;
  readonly expected: boolean;
}[] = [
  ...rules.eligibility_by_scored_time,
  ...rules.eligibility_by_wall_clock.map((rule) => ({ ...rule, window_days: 10 })),
];

export const LABEL_RULES: readonly { readonly in: number; readonly expected: string }[] =
  rules.label_from_time_length;

const DAY = 86_400;

export function policyOf(rule: TaperingRule): {
  readonly timeLengthSeconds: number;
  readonly thinAfterSeconds: number;
  readonly bucketSeconds: number;
} {
  return {
    timeLengthSeconds: rule.time_length,
    thinAfterSeconds: rule.thin_after_minutes * 60,
    bucketSeconds: rule.thin_bucket_seconds,
  };
}

/** Saves the rule's requests in the order of their ids and thins them; gives the rule's ids of the thinned ones. */
export async function thinnedBy(catalog: Catalog, rule: TaperingRule): Promise<readonly number[]> {
  const [miner = 0] = await minerIds(catalog, 1);
  const ids = new Map<string, number>();
  for (const { id, asset, start } of rule.requests.toSorted((a, b) => a.id - b.id)) {
    const { requestId } = await save(catalog, lowRequest(asset, start), [valid(miner)]);
    ids.set(requestId, id);
  }
  const options = { label: "low", policy: policyOf(rule), nowMs: rule.now * 1_000 };
  const statuses = await taper(catalog, options);
  return statuses.map(({ requestId }) => ids.get(requestId) ?? -1).sort((a, b) => a - b);
}

/** Whether a request that ends then is due in the rule's round. */
export async function isDueBy(
  catalog: Catalog,
  rule: (typeof DUE_RULES)[number],
): Promise<boolean> {
  const [miner = 0] = await minerIds(catalog, 1);
  await save(catalog, lowRequest("BTC", rule.window_end_unix - DAY), [valid(miner)]);
  const query = {
    label: "low",
    scoredAtUnixSeconds: rule.scored_time,
    windowSeconds: rule.window_days * DAY,
  };
  return (await namesOf(catalog.listScorable(query))).length === 1;
}
