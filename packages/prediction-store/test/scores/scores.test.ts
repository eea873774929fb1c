import { describe, expect, test } from "vitest";
import { requestKey, type ScoreSet } from "../../src/index.ts";
import { openTestStore, request } from "../store/open-test-store.ts";

const scores: ScoreSet = {
  requestKey: requestKey(request),
  requestVersion: 1,
  requestVersionHash: "ab".repeat(32),
  scoredBy: "test 1",
  pricesHash: "cd".repeat(32),
  missingPriceCount: 2,
  percentile90: 12.5,
  bestCrps: 3,
  miners: [
    {
      minerId: 1,
      minerUid: 11,
      status: "scored",
      crps: 3,
      intervals: { "5min": 2, "30min": 1, "24hour_abs": 0 },
      promptScore: 0,
    },
    {
      minerId: 2,
      minerUid: 12,
      status: "invalid",
      reason: "empty",
      intervals: {},
      promptScore: 9.5,
    },
    { minerId: 3, minerUid: 13, status: "missing", reason: "damaged", intervals: {} },
  ],
};

describe("scores", () => {
  test("are kept exactly, with the order of their intervals", async () => {
    const { predictions } = await openTestStore();
    expect(await predictions.readScores(scores.requestKey)).toBeUndefined();
    expect(await predictions.writeScores(scores)).toEqual({ version: 1, changed: true });
    const read = await predictions.readScores(scores.requestKey);
    expect(read).toEqual(scores);
    expect(Object.keys(read?.miners[0]?.intervals ?? {})).toEqual(["5min", "30min", "24hour_abs"]);
  });

  test("of the same version again change nothing; others make the next version", async () => {
    const { predictions } = await openTestStore();
    await predictions.writeScores(scores);
    expect(await predictions.writeScores(scores)).toEqual({ version: 1, changed: false });
    const other = { ...scores, requestVersion: 2 };
    expect(await predictions.writeScores(other)).toEqual({ version: 2, changed: true });
    expect(await predictions.readScores(scores.requestKey)).toEqual(other);
    expect(await predictions.readScores(scores.requestKey, { asOf: 1 })).toEqual(scores);
  });

  test.each([Number.NaN, Infinity, -Infinity])("never hold %d", async (crps) => {
    const { predictions } = await openTestStore();
    const [first] = scores.miners;
    if (first === undefined) throw new Error("the fixture has a miner");
    const poisoned = [
      { ...first, crps },
      { ...first, intervals: { "5min": crps } },
    ];
    for (const miner of poisoned) {
      await expect(predictions.writeScores({ ...scores, miners: [miner] })).rejects.toMatchObject({
        name: "PredictionStoreError",
      });
    }
    expect(await predictions.readScores(scores.requestKey)).toBeUndefined();
  });

  test("are listed by label and asset", async () => {
    const { predictions } = await openTestStore();
    for (const asset of ["BTC", "ETH"]) {
      await predictions.writeScores({ ...scores, requestKey: requestKey({ ...request, asset }) });
    }
    const listed: string[] = [];
    for await (const set of predictions.listScores({ label: "test", asset: "ETH" })) {
      listed.push(set.requestKey);
    }
    expect(listed).toEqual([requestKey({ ...request, asset: "ETH" })]);
  });
});
