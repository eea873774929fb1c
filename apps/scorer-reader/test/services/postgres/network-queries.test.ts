import { temporaryFolder } from "@foretile/testkit";
import { postgresService } from "@foretile/testkit/services";
import { Client } from "pg";
import { afterAll, expect, test } from "vitest";

import { makeCatalogStore } from "../../catalog/catalog-suite.ts";
import { jsonLines, runScorer } from "../../support/run-scorer.ts";
import { minutePrices, START, writePrices } from "../../support/scored-store.ts";

const postgres = await postgresService();
afterAll(() => postgres[Symbol.asyncDispose]());

test("the network's own programs find our tiles' keys before scoring and our scores after it", async () => {
  await using folder = await temporaryFolder();
  const { url } = await makeCatalogStore(folder.path, postgres.url);
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  const rows = async (sql: string): Promise<unknown[]> => (await client.query(sql)).rows;
  try {
    // What its scoring takes: answers that are alive, tiles by key where the payload says so.
    expect(
      await rows(
        `select m.miner_uid::int as uid, p.prediction->>'stored' as stored, p.bigtable_key as key,
           p.format_validation = 'CORRECT' as correct
         from validator_requests r join miner_predictions p on p.validator_requests_id = r.id
         join miners m on m.id = p.miner_id
         where r.time_length = 600 and r.start_time = to_timestamp(${START})
           and p.deleted_at is null
           and not exists (select 1 from miner_scores s where s.miner_predictions_id = p.id)
         order by m.miner_uid`,
      ),
    ).toEqual([
      { uid: 1, stored: "bigtable", key: `BTC#${START}#000001`, correct: true },
      { uid: 2, stored: "bigtable", key: `BTC#${START}#000002`, correct: true },
      { uid: 3, stored: null, key: null, correct: false },
    ]);
    const prices = await writePrices(folder.path, minutePrices(START - 600, 60));
    const run = await runScorer(["score", "--store", url, "--prices", prices, "--json"], {
      env: { FORETILE_CATALOG: postgres.url },
    });
    const lines = jsonLines(run).filter(({ request }) => request === `tiny/BTC#${START}`);
    // What its moving averages take: scores by the end of the horizon, cap and smallest total in the details.
    expect(
      await rows(
        `select s.miner_uid::int as miner_uid, s.prompt_score_v3 as prompt_score,
           nullif((s.score_details_v3->>'total_crps')::float8, -1) as crps,
           (s.score_details_v3->>'percentile90')::float8 >=
             (s.score_details_v3->>'lowest_score')::float8 as capped,
           json_array_length(r.real_prices) as prices
         from miner_scores s join miner_predictions p on p.id = s.miner_predictions_id
         join validator_requests r on r.id = p.validator_requests_id
         where s.scored_time = to_timestamp(${START + 600}) and r.time_length = 600
         order by s.miner_uid`,
      ),
    ).toEqual(
      lines.map(({ miner_id: miner, prompt_score, crps }) => ({
        miner_uid: Number(miner),
        prompt_score,
        crps,
        capped: true,
        prices: 11,
      })),
    );
    expect(lines).toHaveLength(3);
  } finally {
    await client.end();
  }
});
